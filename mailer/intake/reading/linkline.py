"""Link lines as other houses write them: `Accessibility: project page / source code`,
`Paper | Code | Demo`, `[paper] [code]`, `Code: https://github.com/…`.

They become one lead word and parts, each a link, a label that nobody gave a target, or a note.
"""

from __future__ import annotations

import re

from mailer.composer.parsing.linkline import LEAD_WORDS
from mailer.composer.parsing.roles import named, role_of
from mailer.composer.tree import plain, trimmed
from mailer.intake.reading.addresses import link, shows_address
from mailer.intake.reading.manuscript import LinkLine
from mailer.intake.reading.phrases import choice
from mailer.model.content import Hyperlink, Inline, Inlines, LineBreak, Styled, Text
from mailer.model.issue import Role

_ALL_LEADS = sorted(
    {word for words in LEAD_WORDS.values() for word in words}, key=len, reverse=True
)
_OTHER_LEADS = re.compile(
    choice(
        """
        links?|see|where|find it|get it|read more|more|try it|weiterlesen|mehr(?: dazu)?
        ссылка|подробнее|pour en savoir plus|en savoir plus|más
        """
    ),
    re.IGNORECASE,
)
_LEAD = re.compile(
    rf"\W{{0,3}}({'|'.join(map(re.escape, _ALL_LEADS))})\s*[:\uff1a]\s*(?=\S)", re.IGNORECASE
)
_LABELLED = re.compile(r"\W{0,3}([^\W\d_][^:\uff1a]{1,30}?)\s*[:\uff1a]\s+(?=\S)")
_MARKS = re.compile(
    r"\s*[|¦•·/→]+\s*|\]\s*,?\s*\[|\s+[–—]\s+|\s*;\s*"
    r"|\s*,\s+(?:and\s+|und\s+|и\s+)?|\s+(?:and|und|et|y|и|&)\s+"
)
_STRONG_MARKS = re.compile(r"\s+[|¦•·/]\s+|\s*\|\s*|\]\s*,?\s*\[")
_AROUND = re.compile(r"^[\s\[(→▸►➜>👉🔗📄💻*_-]+|[\s\])→*_.]+$")
_LONGEST = 40  # words
_LONGEST_PART = 8
_LONGEST_LABEL = 4
_SINGLE = re.compile(
    choice(
        """
        source code|code source|quellcode|исходный код|repository|репозиторий|github|hugging face
        project (?:page|website|site)|project|website|web page|homepage|official site
        projektseite|страница проекта|paper(?: and code)?|read the paper|arxiv|preprint
        technical report|blog ?post|blogbeitrag|press release|(?:google )?colab(?: notebook)?
        live demo|model card
        """
    ),
    re.IGNORECASE,
)


def recognised(inlines: Inlines) -> LinkLine | None:
    """The link line that a paragraph is; None where it is none."""
    line = _without_styles(inlines)
    text = plain(line)
    if any(isinstance(inline, LineBreak) for inline in line) or len(text.split()) > _LONGEST:
        return None
    if lead := _LEAD.match(text):
        parts = _parts(_from(line, text, lead.end()))
        return LinkLine(lead[1], parts) if parts else None
    return _labelled(line, text) or _bare(line, text)


def _labelled(line: Inlines, text: str) -> LinkLine | None:
    """`Code: https://github.com/…`, `Paper: arXiv`, one or several of them."""
    label = _LABELLED.match(text)
    if not label:
        return None
    rest = _from(line, text, label.end())
    if _OTHER_LEADS.fullmatch(label[1]) and _all_are_links(rest):
        return LinkLine("", _parts(rest))
    if named(label[1]) is None:
        return _addressed(label[1], rest)
    pieces = _pieces(line)
    found = [_with_target(piece) for piece in pieces]
    if all(found):
        return LinkLine("", tuple(part for part in found if part))
    return None


def _addressed(label: str, rest: Inlines) -> LinkLine | None:
    """`Download: https://example.org/a.csv`: a label of any words, and nothing but an address."""
    match rest:
        case (Hyperlink() as only,) if shows_address(rest) and len(label.split()) <= _LONGEST_LABEL:
            return LinkLine("", ((link(only.url.text, (Text(label),)),),))
    return None


def _with_target(piece: Inlines) -> Inlines | None:
    """`Code: ADDRESS` → the label, linked; a label and a few words stay as they are."""
    text = plain(piece)
    label = _LABELLED.match(text)
    if label is None or named(label[1]) is None:
        return piece if _names_a_link(piece) else None
    rest = _from(piece, text, label.end())
    if len(rest) == 1 and isinstance(rest[0], Hyperlink):
        shown = plain(rest)
        own = shown in rest[0].url.text
        return (link(rest[0].url.text, (Text(label[1] if own else f"{label[1]}: {shown}"),)),)
    words = plain(rest)
    is_sentence = words.rstrip().endswith((".", "!", "?")) or len(words.split()) > _LONGEST_PART
    return None if is_sentence else piece


def _bare(line: Inlines, text: str) -> LinkLine | None:
    """`Paper | Code`: nothing but names of links."""
    marked = _split(line, _STRONG_MARKS)
    if len(marked) > 1 and _mostly_name_links(marked):
        return LinkLine("", tuple(marked))
    pieces = _pieces(line)
    if not pieces or not all(_names_a_link(piece) for piece in pieces):
        return None
    if len(pieces) == 1 and not _stands_alone(pieces[0], _bald(text).casefold()):
        return None
    return LinkLine("", tuple(pieces))


def _stands_alone(piece: Inlines, text: str) -> bool:
    """Whether one link is a link line: by its label, or by an address that no film is at."""
    if _SINGLE.fullmatch(text) or (named(text) is not None and _is_link(piece)):
        return True
    return _is_link(piece) and role_of("", text) not in (None, Role.VIDEO)


def _mostly_name_links(pieces: list[Inlines]) -> bool:
    """Half of them at least; the others are as short as labels are."""
    texts = [_bald(plain(piece)) for piece in pieces]
    named_ones = sum(_names_a_link(piece) for piece in pieces)
    return named_ones * 2 >= len(pieces) and all(
        0 < len(t.split()) <= _LONGEST_LABEL for t in texts
    )


def _names_a_link(piece: Inlines) -> bool:
    text = _bald(plain(piece))
    if not text or len(text.split()) > _LONGEST_PART:
        return False
    if _is_link(piece):
        return True
    folded = re.sub(
        r"^(?:the|unofficial|official|our|your)\s+|\s*\(.{1,30}\)$", "", text.casefold()
    )
    return named(folded) is not None or bool(_SINGLE.fullmatch(folded))


def _is_link(piece: Inlines) -> bool:
    links = tuple(inline for inline in piece if isinstance(inline, Hyperlink))
    others = "".join(plain((inline,)) for inline in piece if not isinstance(inline, Hyperlink))
    if links and not re.search(r"\w", others):
        label, address = plain(links), links[0].url.text
        return label in address or role_of(label, address) is not None
    return False


def _all_are_links(line: Inlines) -> bool:
    pieces = _pieces(line)
    return bool(pieces) and all(_names_a_link(piece) for piece in pieces)


def _parts(line: Inlines) -> tuple[Inlines, ...]:
    """By the house's own mark where it has one, else by commas where each piece names a link."""
    strong = _split(line, _STRONG_MARKS)
    if len(strong) > 1:
        return tuple(strong)
    weak = _split(line, _MARKS)
    if len(weak) > 1 and all(_names_a_link(piece) for piece in weak):
        return tuple(weak)
    return tuple(_split(line, re.compile(r"(?!)")))


def _pieces(line: Inlines) -> list[Inlines]:
    return _split(line, _MARKS)


def _split(line: Inlines, mark: re.Pattern[str]) -> list[Inlines]:
    """Cut where a mark stands in running text; links beside each other are cut, too."""
    pieces: list[list[Inline]] = [[]]
    for inline in line:
        if not isinstance(inline, Text):
            if pieces[-1] and isinstance(pieces[-1][-1], Hyperlink):
                pieces.append([])
            pieces[-1].append(inline)
            continue
        first, *others = mark.split(inline.text) if inline.text.strip() else [inline.text]
        pieces[-1].append(Text(first))
        pieces += [[Text(other)] for other in others]
    return [cut for piece in pieces if (cut := _stripped(piece))]


def _stripped(piece: list[Inline]) -> Inlines:
    """Without brackets and arrows around it."""
    kept = [i for i in piece if not (isinstance(i, Text) and not i.text.strip())]
    while kept and isinstance(kept[0], Text):
        first = re.sub(r"^[\s\[(→▸►➜>👉🔗📄💻]+", "", kept[0].text)
        if first and not re.fullmatch(r"\W+", first):
            kept[0] = Text(_closed(first, kept[0].text))
            break
        kept.pop(0)
    while kept and isinstance(kept[-1], Text):
        last = re.sub(r"[\s\]→]+$", "", kept[-1].text)
        if last and not re.fullmatch(r"[\W_]+", last):
            kept[-1] = Text(last)
            break
        kept.pop()
    return trimmed(tuple(kept))


def _closed(text: str, before: str) -> str:
    """A bracket that is closed inside stays open before it."""
    return f"({text}" if "(" in before[: len(before) - len(text)] and ")" in text else text


def _bald(text: str) -> str:
    return _AROUND.sub("", text).strip()


def _from(line: Inlines, text: str, start: int) -> Inlines:
    """Without the first `start` characters of its plain text, which stand in texts."""
    kept: list[Inline] = []
    left = start
    for inline in line:
        size = len(plain((inline,))) if not isinstance(inline, Text) else len(inline.text)
        if left >= size:
            left -= size
        elif isinstance(inline, Text):
            kept.append(Text(inline.text[left:]))
            left = 0
        else:
            kept.append(inline)
            left = 0
    return trimmed(tuple(kept))


def _without_styles(inlines: Inlines) -> Inlines:
    """A label in bold is a label; texts beside each other are one, with single blanks."""
    flat: list[Inline] = []
    for inline in inlines:
        inner = _without_styles(inline.children) if isinstance(inline, Styled) else (inline,)
        for each in inner:
            if isinstance(each, Text) and flat and isinstance(flat[-1], Text):
                flat[-1] = Text(flat[-1].text + each.text)
            else:
                flat.append(each)
    return tuple(
        Text(re.sub(r"\s+", " ", i.text)) if isinstance(i, Text) else i
        for i in trimmed(tuple(flat))
    )
