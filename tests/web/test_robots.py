"""Robots cannot act for people: a scanner that fetches every address of a mail changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import newsroom
import pytest
import readers
import sqlalchemy as sa
from reception import ANN, Reception

from mailer.desk import offer, sending
from mailer.ledger.schema import metadata as ledger
from mailer.web.application import create
from mailer.web.visiting import Visiting
from subscribers.schema import metadata as store

_ADDRESS = re.compile(r'https://news\.example\.org(/[^"\s<>)]*)|(?:href|action|src)="(/[^"]*)"')
_AGENTS = ("Mozilla/5.0", "Barracuda Sentinel (EE)", "GoogleImageProxy", "")


def everything(front: Reception) -> dict[str, Any]:
    """Every row of every table."""
    with front.app.database.read() as c:
        return {
            table.name: c.execute(sa.select(table)).all()
            for metadata in (store, ledger)
            for table in metadata.sorted_tables
        }


def addresses(front: Reception) -> list[str]:
    """Of a sent issue, of each kind of mail that the pages send, and of the pages behind them."""
    room = newsroom.Newsroom(front.app)
    front.confirmed()
    composition = room.compose()
    made = offer.offer(front.app, composition, None, late=False, expect=None)
    sending.carry_on(
        front.app, offer.begin(front.app, composition, made), lambda _n: None, lambda _line: None
    )
    front.post(front.mails(ANN)[1].link("p"), {"access": "yes"})
    front.clock.turn(days=2)
    front.sign_up("bob@example.org")
    texts = [mail.message.as_string() + mail.html + mail.text for mail in front.mails()]
    found = set(_found(texts))
    for _ in range(2):  # what is on those pages, and on the pages behind them
        found |= set(_found(front.ask("GET", path).text for path in sorted(found)))
    return sorted(found)


def _found(texts: Any) -> Iterator[str]:
    for text in texts:
        for absolute, relative in _ADDRESS.findall(text):
            yield (absolute or relative).replace("&amp;", "&").partition("#")[0]


def scan(front: Reception, times: int) -> None:
    visiting = Visiting(front.site, lambda _email: b"", lambda _email: None)
    front.application = create(front.site, visiting.routes())
    found = addresses(front)
    kinds = {path.split("/")[1] for path in found}
    assert kinds >= {"u", "p", "c", "a", "issues", "subscribe", ""}
    before = everything(front)
    headers = ({"user-agent": agent} for agent in _AGENTS)
    requests = [
        (method, path, {"headers": sent})
        for sent in headers
        for path in found
        for method in ("HEAD", "GET")
    ]
    again = -(-times // len(requests))
    for answer in readers.ask_each(front.application, (requests * again)[:times]):
        assert answer.status_code in (200, 204, 403, 404, 405, 410), answer.url
        assert "set-cookie" not in answer.headers
    front.site.clerk.work_off()
    assert everything(front) == before


def test_a_scanner_changes_nothing(front: Reception) -> None:
    scan(front, 300)


@pytest.mark.soak
def test_ten_thousand_fetches_change_nothing(front: Reception) -> None:
    scan(front, 10_000)
