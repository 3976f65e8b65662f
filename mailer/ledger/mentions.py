"""Where texts name people's addresses: what relays say of a copy, say."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator

# What may stand before an address that is not part of a longer one; of encoded text (`=3C`, `%3C`,
# `\n`, `\u003c`) the last letter. In doubt it is the address: rather a text too short than a person
# in it.
_BEGIN = r"(?:(?<![A-Z\d])(?<![A-Z][._+-])|(?<=[=%][\dA-F]{2})|(?<=\\[A-Z])|(?<=\\U[\dA-F]{4}))"
_END = r"(?![A-Z\d]|\.[A-Z])"
_BEHIND = re.compile(r"@([^\s@]{1,255})")
# Where a domain may end: at a mark, and where other scripts follow without a blank.
_BORDER = re.compile(r"[!-/:-@\[-`{-~]|(?<=[!-~])(?=[^!-~])|$")


class Mentions:
    """Of some addresses, in whatever case. They are sought by their domains, since most texts with
    an `@` in them name none of many people."""

    def __init__(self, addresses: Collection[str]) -> None:
        of_domain: defaultdict[str, list[str]] = defaultdict(list)
        for address in addresses:
            of_domain[address.rpartition("@")[2].lower()].append(address)
        self._patterns = {domain: _pattern(those) for domain, those in of_domain.items()}

    def first(self, text: str) -> int | None:
        """Where the first of them begins; None where there is none."""
        found = [pattern.search(text) for pattern in self._worth_it(text)]
        return min((match.start() for match in found if match), default=None)

    def _worth_it(self, text: str) -> Iterator[re.Pattern[str]]:
        for run in set(_BEHIND.findall(text.lower())):
            for border in _BORDER.finditer(run):
                if pattern := self._patterns.get(run[: border.start()]):
                    yield pattern


def _pattern(addresses: Collection[str]) -> re.Pattern[str]:
    spelt = "|".join(map(re.escape, addresses))
    return re.compile(f"{_BEGIN}(?:{spelt}){_END}", re.IGNORECASE)
