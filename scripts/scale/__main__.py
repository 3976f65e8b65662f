"""Reckon a dispatch of any size from measured rates: when it is handed over, when it arrives, and
what it waits for.

    python -m scripts.scale [--readers N]… [--hosts N] [--relays N] [--per-relay RATE] [--json]

Without arguments: the table of docs/scale.md.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys

from scripts.scale.measured import MEASURED
from scripts.scale.model import Farm, Reckoned, reckon
from scripts.scale.receivers import RECEIVERS

# For so many readers, so many hosts with a worker, relays, and copies a second that each relay
# delivers: what docs/scale.md speaks of.
LADDER = (
    (1_000_000, Farm(hosts=1, relays=1)),
    (1_000_000, Farm(hosts=2, relays=4)),
    (10_000_000, Farm(hosts=2, relays=8)),
    (10_000_000, Farm(hosts=4, relays=32)),
    (100_000_000, Farm(hosts=8, relays=64)),
    (100_000_000, Farm(hosts=16, relays=256)),
)
_HEADER = (
    *("readers", "hosts", "relays", "handed over", "half there", "99 % there", "held by"),
    *("database", "rows/s", "log/s"),
)


def main(words: list[str]) -> None:
    parser = _parser()
    wish = parser.parse_args(words)
    farm = Farm(hosts=wish.hosts, relays=wish.relays, per_relay=wish.per_relay)
    asked = [(readers, farm) for readers in wish.readers or []]
    try:
        reckoned = [
            (readers, farm, reckon(readers, farm, MEASURED, RECEIVERS))
            for readers, farm in asked or LADDER
        ]
    except ValueError as error:
        parser.error(str(error))
    if wish.json:
        print(json.dumps([_document(*each) for each in reckoned], indent=2))
        return
    print("\t".join(_HEADER))
    for each in reckoned:
        print("\t".join(_row(*each)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.scale", description=__doc__)
    parser.add_argument("--readers", type=int, action="append", metavar="N")
    parser.add_argument("--hosts", type=int, default=1, metavar="N")
    parser.add_argument("--relays", type=int, default=1, metavar="N")
    parser.add_argument("--per-relay", type=float, default=Farm().per_relay, metavar="RATE")
    parser.add_argument("--json", action="store_true")
    return parser


def _row(readers: int, farm: Farm, found: Reckoned) -> tuple[str, ...]:
    hours = (found.handed_over, found.half, found.most)
    numbers = (f"{readers:,}", str(farm.hosts), str(farm.relays))
    books = (f"{found.database / 1e9:,.0f} GB", f"{found.rows:,.0f}", f"{found.log / 1e6:,.0f} MB")
    return (*numbers, *(_spoken(each) for each in hours), found.held_by, *books)


def _document(readers: int, farm: Farm, found: Reckoned) -> dict[str, object]:
    return {"readers": readers, **dataclasses.asdict(farm), **dataclasses.asdict(found)}


def _spoken(hours: float) -> str:
    return f"{hours * 60:.0f} min" if hours < 2 else f"{hours:.1f} h"


if __name__ == "__main__":
    main(sys.argv[1:])
