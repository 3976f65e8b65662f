"""The reply of a server in the words of a report: its codes, and to what it was said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.feedback.notice import Said

_CODE = re.compile(r"(?<![\w./-])(?<!\d:)([245]\d\d)(?=[ \n:;,)\]-]|$)(?![ -]*\d+\.\d+\.\d+\.\d)")
_ENHANCED = re.compile(r"(?<![\w./-])(?<!\d:)#?([245]\.\d{1,2}\.\d{1,3})(?!\d)(?!\.\d)")
_VAGUE = re.compile(r"[245]\.0\.0|5\.5\.0|[245]\.3\.0|5\.1\.0")

_STAGES = (
    (
        Said.RECIPIENT,
        r"\brcpt(?:[ _]to)?\b|rejected recipient|does not like recipient",
    ),
    (
        Said.MESSAGE,
        r"end of data|>>> data|>>> \.$|final data|after i sent the message|data command"
        r"|after data|message body|sending message",
    ),
    (
        Said.SENDER,
        r"mail from|initial connection|[eh][eh]lo (?:command|response)|after (?:ehlo|helo)"
        r"|sender was rejected|my name was rejected|refused to talk",
    ),
)
_STAGE = re.compile(
    "|".join(f"(?P<{said.name}>{words})" for said, words in _STAGES), re.IGNORECASE | re.MULTILINE
)
# A dialogue shows what was said (>>>) and answered (<<<).
_ANSWERED = re.compile(
    r"^[^\n]*>>> ?([^\n]+)\n(?:[^\n<>]*\n){0,5}?[^\n]*<<< ?5\d\d", re.IGNORECASE | re.MULTILINE
)
# What servers say to DATA once they have refused every recipient: clients that do not wait for
# replies (RFC 2920) show those together.
_NOBODY_LEFT = re.compile(r"no valid recipients|need rcpt|rcpt first", re.IGNORECASE)


def codes(text: str) -> Iterator[int]:
    return (int(match[1]) for match in _CODE.finditer(text))


def code(text: str) -> int:
    """The first failure, or 0."""
    return next((found for found in codes(text) if found >= 400), 0)


def at_the_refusal(text: str) -> str:
    """From the first failure on; the whole text where none has a code."""
    found = next((match for match in _CODE.finditer(text) if match[1][0] != "2"), None)
    return text[found.start() :] if found else text


def status(text: str) -> str:
    """The most telling RFC 3463 code in it, or empty."""
    found = [match[1] for match in _ENHANCED.finditer(text) if match[1][0] != "2"]
    telling = [each for each in found if not _VAGUE.fullmatch(each)]
    return (telling or found or [""])[0]


def said(text: str) -> Said:
    """To what a refusal was said, as the words around it tell."""
    if _NOBODY_LEFT.search(text):
        return Said.RECIPIENT
    if answered := _ANSWERED.search(text):
        text = f">>> {answered[1]}"
    found = _STAGE.search(text)
    if found is None:
        return Said.UNKNOWN if code(text) else Said.ITSELF
    return Said[str(found.lastgroup)]


def without_replies(words: str) -> str:
    """The paragraphs that quote no server."""
    return "\n\n".join(part for part in re.split(r"\n\s*\n", words) if not code(part))
