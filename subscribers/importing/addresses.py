"""Plain lists of addresses, as mail programs and list servers (Mailman, say) give them: one or
several to a line, with or without names (RFC 5322 §3.4), `#` before a remark."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import getaddresses
from typing import TextIO

from subscribers import address
from subscribers.errors import BadAddress
from subscribers.importing.delimited import bounded_line
from subscribers.importing.table import MAX_RECORD, Record, Table

HEADINGS = ("email", "name")
REMARK = "#"
_BETWEEN = ("|", "\t")  # what stands between cells and never between addresses


def is_list(first_line: str) -> bool:
    """Whether a file that begins so has no header, but people."""
    if any(mark in first_line for mark in _BETWEEN):
        return False
    found = _mailboxes(first_line)
    return bool(found) and all(_is_address(email) for _, email in found)


def _is_address(text: str) -> bool:
    try:
        address.parse(text)
    except BadAddress:
        return False
    return True


def table(text: TextIO, file: str, encoding: str) -> Table:
    return Table(file, f"a list of addresses in {encoding}", HEADINGS, _records(text))


def _records(text: TextIO) -> Iterator[Record]:
    """`row` counts lines."""
    row = 0
    while line := bounded_line(text):
        row += 1
        if len(line) > MAX_RECORD:
            yield Record(row, fault=f"the line has more than {MAX_RECORD:,} characters")
            continue
        if line.isspace() or line.lstrip().startswith(REMARK):
            continue
        found = _mailboxes(line)
        if not found or not all(email for _, email in found):
            yield Record(row, (line.strip(), ""))  # what stands there is no address, and named so
            continue
        for name, email in found:
            yield Record(row, (email, name))


def _mailboxes(line: str) -> list[tuple[str, str]]:
    """(name, address) of each; a remark in parentheses after an address is a name too."""
    return getaddresses([line.strip().rstrip(",;").replace(";", ",")])
