"""A record of DNS, in the form in which people put it there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_STRING_OCTETS = (
    255  # of one character-string (RFC 1035 §3.3); a TXT record has as many as it needs
)


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """`name` is whole, without the dot at its end; `value` is a TXT record's text in one piece."""

    name: str
    type: str
    value: str

    def __str__(self) -> str:
        """A line of a zone file (RFC 1035 §5.1)."""
        value = " ".join(_strings(self.value)) if self.type == "TXT" else self.value
        return f"{self.name}. IN {self.type} {value}"


def _strings(text: str) -> Iterator[str]:
    for start in range(0, len(text), _STRING_OCTETS):
        piece = text[start : start + _STRING_OCTETS].replace("\\", "\\\\").replace('"', '\\"')
        yield f'"{piece}"'
