"""Characters that must not reach a mail: controls, surrogates, private use and noncharacters.

Controls make clients clip or drop a message (RFC 5322 §4.1 calls them obsolete); private-use
characters and noncharacters show as an empty box, and we mark slots with the latter.
"""

from __future__ import annotations

import re

from mailer.composer.report import Report

_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff"
    r"\U000f0000-\U0010ffff]"
)
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,9}));?")


def normalised(source: str) -> str:
    """Without a byte-order mark, every line end a line feed."""
    return source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def cleaned(text: str, report: Report, line: int) -> str:
    """`text` without forbidden characters; each kind is an error where it comes first.

    `line` is the line on which `text` begins.
    """
    found: dict[str, int] = {}
    for match in _FORBIDDEN.finditer(text):
        found.setdefault(match[0], line + text.count("\n", 0, match.start()))
    for character, where in found.items():
        message = f"U+{ord(character):04X} is {_kind(ord(character))}, which no mail may hold"
        report.add("forbidden-character", where, message, "delete it")
    return _FORBIDDEN.sub("", text) if found else text


def cleaned_html(html: str, report: Report, line: int) -> str:
    """HTML without references to forbidden characters (`&#x7;`), which hide from `cleaned`."""

    def kept(match: re.Match[str]) -> str:
        code = int(match[1], 16) if match[1] else int(match[2])
        wanted = code > 0x10FFFF or not _FORBIDDEN.match(chr(code))
        return match[0] if wanted else cleaned(chr(code), report, line)

    return _REFERENCE.sub(kept, html)


def one_line(text: str, report: Report, line: int) -> str:
    """`text` cleaned, with every run of white space as one space."""
    return cleaned(" ".join(text.split()), report, line)


def _kind(code: int) -> str:
    if code < 0xA0:
        return "a control character"
    if code in range(0xD800, 0xE000):
        return "half a character"
    if code in range(0xFDD0, 0xFDF0) or code & 0xFFFE == 0xFFFE:
        return "no character"
    return "a private-use character"
