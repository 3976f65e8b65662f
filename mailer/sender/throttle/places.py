"""Who may have how many of the connections that a relay takes from all senders together."""

from __future__ import annotations

from collections.abc import Mapping

from mailer.model.pace import Claim


def allowed(most: int, name: str, mine: Claim, others: Mapping[str, Claim]) -> int:
    """How many the sender `name` may have now, of `most`: its even share, as far as the others
    have left it free by now. They make room for it when they ask the next time."""
    free = max(0, most - sum(claim.holds for claim in others.values()))
    return min(even_shares(most, {**others, name: mine})[name], free)


def even_shares(most: int, claims: Mapping[str, Claim]) -> dict[str, int]:
    """Given out one by one, in turns, to those who have use for more. Who holds some comes first,
    so that none changes hands where there are fewer than senders."""
    turn = sorted(claims, key=lambda name: (not claims[name].holds, name))
    shares = dict.fromkeys(turn, 0)
    while most and (short := [name for name in turn if shares[name] < claims[name].wanted]):
        for name in short[:most]:
            shares[name] += 1
        most -= len(short[:most])
    return shares
