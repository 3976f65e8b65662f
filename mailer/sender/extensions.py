"""What a server offers in its answer to EHLO (RFC 5321 §4.1.1.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extensions:
    """`size_limit` is in octets; 0 means that the server names none (RFC 1870 §4)."""

    pipelining: bool = False
    starttls: bool = False
    smtputf8: bool = False
    eightbitmime: bool = False
    size: bool = False
    size_limit: int = 0
    dsn: bool = False
    auth: frozenset[str] = frozenset()


def read_extensions(lines: Iterable[str]) -> Extensions:
    """The extensions of an EHLO reply's lines, of which the first is the greeting."""
    offered = dict(_keyword(line) for line in list(lines)[1:])
    limit = offered.get("SIZE", [])
    return Extensions(
        pipelining="PIPELINING" in offered,
        starttls="STARTTLS" in offered,
        smtputf8="SMTPUTF8" in offered,
        eightbitmime="8BITMIME" in offered,
        size="SIZE" in offered,
        size_limit=int(limit[0]) if limit and limit[0].isdecimal() else 0,
        dsn="DSN" in offered,
        auth=frozenset(offered.get("AUTH", [])),
    )


def _keyword(line: str) -> tuple[str, list[str]]:
    # Servers older than RFC 4954 write `AUTH=LOGIN`, some of them beside the proper form.
    keyword, *parameters = line.upper().replace("AUTH=", "AUTH ").split() or [""]
    return keyword, parameters
