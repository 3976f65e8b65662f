"""What was measured on one machine (docs/speed.md, docs/scale.md): the ground that the model stands
on. Measure anew where yours is another."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one worker's host: `host` copies a second that it hands over with PostgreSQL. Of the
    database: `ledger` copies a second that it can keep the books of, octets a reader and a copy
    take, and octets of write-ahead log for each copy."""

    host: float
    ledger: float
    reader_octets: int
    copy_octets: int
    log_octets: int


MEASURED = Measured(
    host=3_110,
    ledger=47_000,  # four processors of its machine, at 85 µs a copy
    reader_octets=630,
    copy_octets=315,
    log_octets=780,
)
