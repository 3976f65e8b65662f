"""Where an issue takes leave of its readers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailer.intake.reading.structure.block import Block
from mailer.intake.reading.structure.passage import Mark

_WORDS = re.compile(
    r"""(?<!\w)(?:thank(?:s|\ you)(?:\ \w+){0,3}\ for\ (?:reading|subscribing|being|your)|(?:see|read|meet|catch|talk\ to|write\ to)\ you\ (?:again\ )?(?:next|in|soon|then|all|tomorrow|on|there|around|at|later)
    |stay\ tuned|until\ (?:next|then|we|\w+[.!]?$)|hope\ you(?:'ve|’ve|\ have)?\ (?:liked|enjoyed)|tell\ a\ (?:friend|colleague)|(?:^|[.!?]\ )next\ time\b|thanks\ to\ (?:every|all|you)|till\ next|that(?:'|’)?(?:\ i)?s\ (?:all|it)\ (?:for|from)|that\ was\ (?:it|all|\w+[.!])|next\ (?:month|week|issue)|back\ (?:in|next)\ 
    |happy\ (?:reading|hacking|coding|learning)|take\ care|all\ the\ best|best\ (?:wishes|regards)|kind\ regards|yours\ |cheers|so\ long|goodbye|bye
    |(?:reply|write|let\ us\ know|tell\ us|drop\ us)\b.{0,60}\b(?:this|us|email|mail|line|what|know)|(?:first|last|second)\ month\ of
    |bis\ (?:zum\ nächsten|nächste[nrs]?|bald|dann|zur\ nächsten|demnächst|im\ )|danke\ (?:fürs|für|dass)|vielen\ dank|das\ war(?:'s|\ ?’s|\ es|\ der)?\b|viel\ (?:spaß|freude|vergnügen)|(?:herzliche|viele|beste|liebe)\ grüße|auf\ wiedersehen|wir\ lesen\ uns
    |до\ (?:встречи|свидания|новых|следующ|скор)|спасибо,?\ (?:за|что)|на\ этом\ (?:всё|все|у\ нас)|следующ(?:ем|ий|его)\ (?:выпуск|месяц|дайджест)|оставайтесь|увидимся|всем\ (?:добра|спасибо|хорош)|приятного\ чтения|пишите\ нам
    |merci\ (?:de|d'|d’|pour)|à\ (?:bientôt|la\ prochaine|dans|le\ mois)|bonne\ lecture|au\ revoir|gracias\ por|hasta\ (?:la|el|pronto)|nos\ (?:leemos|vemos))""",
    re.VERBOSE | re.IGNORECASE,
)
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
    rules = [i for i in range(first, end) if blocks[i].passage.mark is Mark.RULE]
    start = max(first, end - _LAST)
    for place in range(start, end):
        passage = blocks[place].passage
        if passage.mark is Mark.NONE and _says_goodbye(passage.text) and not blocks[place].links:
            return place
    if (
        rules
        and end - rules[-1] - 1 <= _LAST
        and not any(blocks[i].links for i in range(rules[-1], end))
    ):
        return rules[-1]
    return end


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
    return len(text.split()) <= _LONGEST and bool(_WORDS.search(text))
