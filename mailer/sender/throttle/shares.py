"""Which relay takes the next copy: each its share by weight, among those that can take any."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shares:
    """`weights` by the relays' names. `rounds` counts what each took, divided by its weight: the
    relay with the fewest is next, so that turns are spread evenly (3 : 1 is a b a a, not a a a b).
    """

    weights: Mapping[str, float]
    rounds: Mapping[str, float]


def even(weights: Mapping[str, float]) -> Shares:
    return Shares(weights, dict.fromkeys(weights, 0.0))


def may_take(shares: Shares, name: str, able: Collection[str], slack: int) -> bool:
    """Whether a relay may take a copy now: it is not more than `slack` copies ahead of its share
    of what the relays that are `able` to take any took. The slack keeps a quick relay from
    waiting for each answer of a slow one."""
    least = min((_next(shares, other) for other in able if other != name), default=None)
    return least is None or _next(shares, name) <= least + slack / shares.weights[name]


def taken(shares: Shares, name: str) -> Shares:
    rounds = {**shares.rounds, name: shares.rounds[name] + 1 / shares.weights[name]}
    return Shares(shares.weights, rounds)


def joined(shares: Shares, name: str, able: Iterable[str]) -> Shares:
    """After a rest: what a relay missed is not made up for at once."""
    others = [shares.rounds[other] for other in able if other != name]
    level = max(shares.rounds[name], min(others, default=0.0))
    return Shares(shares.weights, {**shares.rounds, name: level})


def _next(shares: Shares, name: str) -> float:
    """The relay's rounds in the middle of the copy that it would take."""
    return shares.rounds[name] + 0.5 / shares.weights[name]
