"""Every copy that leaves names its delivery, in its return path and in a field of its own."""

from __future__ import annotations

import email
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailer.app import open_app
from mailer.message import verp
from mailer.message.verp import DeliveryKey
from mailer.model.return_path import token_in
from mailer.ops.catcher import Catcher, Caught

Command = Callable[..., Any]
BOUNCES = '[bounces]\naddress = "bounces@news.example.org"\n'


@pytest.fixture
def sent(mailer: Command, news: Path) -> Callable[[str], list[Caught]]:
    """What a relay gets of a send to two readers, with more in mailer.toml."""

    def send(more: str) -> list[Caught]:
        assert mailer("subscriber", "add", "bob@example.org", "--confirmed", "a form").status == 0
        with Catcher() as catcher:
            text = (news / "mailer.toml").read_text(encoding="utf-8")
            text = text.replace("folder:copies", catcher.url)
            (news / "mailer.toml").write_text(f"{text}\n{more}", encoding="utf-8")
            assert mailer("send", "issues/2021-01.md", "--yes").status == 0
            return list(catcher.messages)

    return send


def test_the_token_of_each_copy_leads_to_its_delivery(
    sent: Callable[[str], list[Caught]], news: Path
) -> None:
    """The same in the return path and in the field."""
    app = open_app(news)
    found = set()
    for caught in sent(BOUNCES):
        token = token_in("bounces+{token}@news.example.org", caught.sender)
        assert token == email.message_from_bytes(caught.content)[verp.HEADER]
        found.add(verp.read(app.links.keyring, str(token)))
    assert found == {DeliveryKey(1, 1), DeliveryKey(1, 2)}


def test_without_bounces_all_copies_have_the_senders_address(
    sent: Callable[[str], list[Caught]],
) -> None:
    """And each its field."""
    messages = sent("")
    assert {caught.sender for caught in messages} == {"editor@example.org"}
    assert len({email.message_from_bytes(each.content)[verp.HEADER] for each in messages}) == 2
