"""The canary: the first large dispatch through a relay stops after a few copies, so that somebody
looks at how they arrive before the rest goes."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import sqlalchemy as sa

from mailer.ledger import canaries, status
from mailer.model.counted import number
from mailer.sender.route import Route

_NAME = "canary"


@dataclass(frozen=True, slots=True)
class Canary:
    """The first `size` copies of a dispatch of more than `above`; a size of 0 is no canary."""

    size: int = 500
    above: int = 1000

    def routes(self, c: sa.Connection, dispatch_id: int, routes: list[Route]) -> list[Route]:
        """The routes, those to strange relays limited until somebody agrees to more."""
        if not self.size or status.status(c, dispatch_id).total <= self.above:
            return routes
        limited = {period_of(dispatch_id): self.size}
        return [
            dataclasses.replace(route, limits=dataclasses.replace(route.limits, once=limited))
            if route.strange and not canaries.is_known(c, route.name)
            else route
            for route in routes
        ]

    def reason(self, dispatch_id: int, relay: str) -> str:
        out = number(self.size, "copy is", "copies are")
        return (
            f"{out} out, the first through {relay}: look at how they arrive, "
            f"then `mailer dispatch resume {dispatch_id}` and send again lets the rest go"
        )


def period_of(dispatch_id: int) -> str:
    """The name under which its copies are counted."""
    return f"{_NAME} {dispatch_id}"
