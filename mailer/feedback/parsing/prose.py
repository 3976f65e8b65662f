"""Reports in words: the recipients that a mail system names, and what it says about each.

flufl.bounce knows the forms of many systems; what it does not know is found by how such reports
are written: the address stands at the beginning of a line, or behind words such as "RCPT TO".
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from flufl.bounce import all_failures

from mailer.feedback.notice import Notice
from mailer.feedback.parsing import reply
from mailer.feedback.parsing.addresses import ADDRESS, addresses, first, is_machine
from mailer.feedback.parsing.opened import Opened

logging.getLogger("flufl.bounce").disabled = True  # it logs what it then raises

_MOST = 100  # recipients of one report
_AT_LINE_BEGIN = re.compile(rf"^[ \t>*\"'-]*<?({ADDRESS.pattern})>?(?=[\s:;,<(]|$)", re.MULTILINE)
_NAMED = re.compile(
    rf"\b(?:rcpt to|recipients?|address(?: is)?|user|mailbox is full|for|to)\b\s*:?\s*"
    rf"<?({ADDRESS.pattern})",
    re.IGNORECASE,
)
_SENDER = re.compile(
    rf"(?:mail from|envelope-from|sender(?: was)?|from)\W{{1,6}}({ADDRESS.pattern})",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"warning message only|this is a warning|has been delayed|delayed mail|still being retried"
    r"|not yet been delivered|delayed \d+ hours|temporary failure report|will be retried",
    re.IGNORECASE,
)
_TO = re.compile(r"^to:(.*)$", re.IGNORECASE | re.MULTILINE)


def notices(opened: Opened) -> list[Notice]:
    """One for each recipient that the report names as not reached."""
    people = _recipients(opened)
    delayed = _DELAY.search(opened.header("Subject") + "\n" + opened.words) is not None
    return [about(each, around(opened.words, each, people), final=not delayed) for each in people]


def around(words: str, recipient: str, people: Sequence[str]) -> str:
    """What is said of one recipient: everything, where no other is named; else what stands behind
    each place where it is."""
    others = {each.lower() for each in people} - {recipient.lower()}
    if not others:
        return words
    someone = re.compile("|".join(map(re.escape, (recipient, *others))), re.IGNORECASE)
    places = [*((m.start(), m[0].lower()) for m in someone.finditer(words)), (len(words), "")]
    return "\n".join(
        words[begin:end]
        for (begin, name), (end, _) in pairwise(places)
        if name == recipient.lower()
    )


def _recipients(opened: Opened) -> list[str]:
    """By the surest sign that there is."""
    strangers = _not_meant(opened)
    found = (
        list(addresses(opened.header("X-Failed-Recipients"))),
        _fit(_known(opened), strangers),
        _fit(_AT_LINE_BEGIN.findall(opened.words), strangers),
        _fit(_NAMED.findall(opened.words), strangers),
        _fit(addresses(opened.words), strangers),
        _fit([first(match) for match in _TO.findall(opened.returned)[:1]], strangers),
    )
    return next(filter(None, found), [])[:_MOST]


def _known(opened: Opened) -> list[str]:
    """What flufl.bounce finds. Its parsers of forms that nobody promised may fail."""
    try:
        temporary, permanent = all_failures(opened.beginning)
    except Exception:  # any of its twenty detectors, at any malformed message
        return []
    return sorted(address.decode("utf-8", "replace") for address in temporary | permanent)


def _not_meant(opened: Opened) -> set[str]:
    """Who reports, to whom, and whose copy it was."""
    fields = " ".join(opened.header(name) for name in ("From", "To", "Reply-To"))
    own = [*addresses(fields), *_SENDER.findall(opened.words)]
    return {address.lower() for address in own}


def _fit(found: Iterable[str], strangers: set[str]) -> list[str]:
    each = filter(ADDRESS.fullmatch, dict.fromkeys(found))
    return [a for a in each if a.lower() not in strangers and not is_machine(a)]


def about(recipient: str, text: str, final: bool = True) -> Notice:
    """What a text says of a recipient."""
    return Notice(
        recipient=recipient,
        original="",
        status=reply.status(text),
        code=reply.code(text),
        text=text,
        said=reply.said(text),
        comment="",
        final=final,
    )
