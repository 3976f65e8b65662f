"""Where an issue takes leave of its readers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailer.intake.reading.phrases import choice
from mailer.intake.reading.structure.block import Block
from mailer.intake.reading.structure.passage import Mark

_WORDS = r"""
    thank(?:s| you)(?: \w+){0,3} for (?:reading|subscribing|being|your)|thanks to (?:every|all|you)
    (?:see|read|meet|catch|talk to|write to) you (?:again )?SOON|stay tuned|take care
    until (?:next|then|we|\w+[.!]?$)|till next|so long|good-?bye|bye|cheers|yours\b
    that(?:'|’)?(?: i)?s (?:all|it) (?:for|from)|that was (?:it|all|\w+[.!])
    (?:first|last|second) month of|next (?:month|week|issue)|(?:^|[.!?] )next time\b
    back (?:in|next) \w|(?:^|[.!?] )happy \w+ing\b
    all the best|(?:best|kind) (?:wishes|regards)
    hope you(?:['’]ve| have)? (?:liked|enjoyed)|tell a (?:friend|colleague)
    (?:reply|write|let us know|tell us|drop us)\b<60>\b(?:this|us|e?mail|line|what|know)
    bis (?:zum nächsten|nächste[nrs]?|bald|dann|zur nächsten|demnächst|im )|auf wiedersehen
    danke (?:fürs|für|dass)|vielen dank|das war(?:['’]s| es| der)?\b|wir lesen uns
    viel (?:spaß|freude|vergnügen)|(?:herzliche|viele|beste|liebe) grüße
    до (?:встречи|свидания|новых|следующ|скор)|спасибо,? (?:за|что)|на этом (?:всё|все|у нас)
    следующ(?:ем|ий|его) (?:выпуск|месяц|дайджест)|оставайтесь|увидимся|пишите нам
    всем (?:добра|спасибо|хорош)|приятного чтения
    merci (?:de|d['’]|pour)|à (?:bientôt|la prochaine)|bonne lecture|au revoir
    gracias por|hasta (?:la|el|pronto)|nos (?:leemos|vemos)
"""
_SOON = "next in soon then all tomorrow on there around at later"
_LEAVE = re.compile(rf"(?<!\w){choice(_WORDS, SOON=_SOON)}", re.IGNORECASE)
_LAST = 5  # passages among which it begins
_LEAST = 12  # words below a heading
_LONGEST = 90  # words of a passage in it


def farewell(blocks: Sequence[Block], first: int) -> int:
    """The place of its first passage, at `first` or later; that behind the last where there is
    none."""
    end = len(blocks)
    told = [i for i in range(end) if blocks[i].passage.mark is Mark.END]
    if told:
        return told[0]
    last = range(max(first, end - _LAST), end)
    for place in last:
        passage = blocks[place].passage
        if passage.mark is Mark.NONE and _says_goodbye(passage.text) and not blocks[place].links:
            return place
    rules = [place for place in last if blocks[place].passage.mark is Mark.RULE]
    ends = bool(rules) and not any(block.links for block in blocks[rules[-1] :])
    return rules[-1] if ends else end


def without_names(blocks: Sequence[Block], places: list[int]) -> list[int]:
    """The places of headings, but for those who sign: short lines below a word of leave."""
    begins = farewell(blocks, 0)
    return [p for p in places if p < begins or _has_text(blocks, p)]


def _has_text(blocks: Sequence[Block], place: int) -> bool:
    below = blocks[place + 1] if place + 1 < len(blocks) else None
    if blocks[place].passage.mark is Mark.HEADING or below is None:
        return below is not None
    return bool(below.links) or len(below.passage.text.split()) >= _LEAST


def _says_goodbye(text: str) -> bool:
    return len(text.split()) <= _LONGEST and bool(_LEAVE.search(text))
