"""Relays as whoever looks after them sees them: what each is for now, and taking one out of use."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mailer.app import App
from mailer.errors import NotFound
from mailer.ledger import clock, rests


@dataclass(frozen=True, slots=True)
class Standing:
    """`drained` since when somebody drained it, `rests_until` for how long it takes nothing; None
    for neither. `domains` are those that take nothing through it."""

    name: str
    where: str
    weight: float | None
    connections: int
    drained: dt.datetime | None
    rests_until: dt.datetime | None
    domains: int


def listed(app: App) -> list[Standing]:
    """Every relay of the configuration, in its order."""
    with app.database.read() as c:
        now, drained = clock.now(c), rests.drained(c)
        under_way = {key: rest for key, rest in rests.load(c).items() if rest.until > now}
    return [
        Standing(
            name=route.name,
            where=route.transport.name,
            weight=route.weight,
            connections=route.transport.lanes,
            drained=drained.get(route.name),
            rests_until=getattr(under_way.get((route.name, rests.ITSELF)), "until", None),
            domains=sum(
                relay == route.name and domain != rests.ITSELF for relay, domain in under_way
            ),
        )
        for route in app.routes()
    ]


def drain(app: App, name: str) -> int:
    """What is on the wire there ends, and no more follows, from any sender; how many relays are
    left. Raises NotFound."""
    names = _known(app, name)
    with app.database.write() as c:
        rests.drain(c, name)
        drained = rests.drained(c)
    return sum(each not in drained for each in names)


def restore(app: App, name: str) -> bool:
    """Whether it was drained. Senders that are at work use it again as well. Raises NotFound."""
    _known(app, name)
    with app.database.write() as c:
        return rests.restore(c, name)


def _known(app: App, name: str) -> list[str]:
    names = [relay.name for relay in app.config.smtp.all_relays]
    if name not in names:
        raise NotFound(f"relay {name!r}: there is none of that name: use one of {', '.join(names)}")
    return names
