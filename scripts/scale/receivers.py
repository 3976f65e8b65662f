"""Who takes mail, and how fast. No measurement of ours: what a list of private addresses in Europe
looks like, and what senders with a good name report. Put your own list's figures here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Receiver:
    """`share` of the readers; copies a `second` that it takes from one address of ours, once that
    is warm; the share that it `defers` at first, as by greylisting."""

    name: str
    share: float
    second: float
    defers: float


RECEIVERS = (
    Receiver("Google", 0.45, 40, 0.005),
    Receiver("Microsoft", 0.20, 15, 0.02),
    Receiver("Yahoo", 0.08, 10, 0.02),
    Receiver("all others", 0.27, 150, 0.08),
)
