"""Webhooks: who is not who it says is not read; what is read twice changes nothing."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from feedback.amazon import CERTIFICATE_URL, CONFIRM_URL, TOPIC, amazon, bounce
from newsroom import Newsroom
from readers import ask

from mailer.app import open_app
from mailer.errors import FetchError
from mailer.web.application import create
from mailer.web.reporting import Reporting
from mailer.web.site import site_of
from subscribers.model import SuppressionReason

ANN = "reader0@example.org"
EVENT = bounce(ANN, "550 5.1.1 no such user")
RECORD = {"RecordType": "Bounce", "Type": "HardBounce", "Email": ANN, "ID": 1}


class Net:
    """What is fetched, and what is there."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.there = {CERTIFICATE_URL: amazon().pem, CONFIRM_URL: b"<ok/>"}

    def get(self, url: str) -> bytes:
        self.asked.append(url)
        if url not in self.there:
            raise FetchError("cannot be fetched: no answer in time")
        return self.there[url]


@pytest.fixture
def net() -> Net:
    return Net()


class Hooks:
    """A publication's web side."""

    def __init__(self, newsroom: Newsroom, net: Net) -> None:
        newsroom.app = open_app(newsroom.app.folder)
        routes = Reporting(newsroom.app, net.get).routes()
        self._pages = create(site_of(newsroom.app), routes)

    def post(self, path: str, **more: Any) -> int:
        """The status of the answer."""
        return ask(self._pages, "POST", path, **more).status_code

    def get(self, path: str) -> int:
        return ask(self._pages, "GET", path).status_code


@pytest.fixture
def hooks(newsroom: Newsroom, net: Net, monkeypatch: pytest.MonkeyPatch) -> Hooks:
    """Of a publication with two readers and both providers."""
    newsroom.add(2)
    monkeypatch.setenv("MAILER_BOUNCES__POSTMARK_PASSWORD", "secret word")
    with (newsroom.app.folder / "mailer.toml").open("a", encoding="utf-8") as toml:
        toml.write(f'[bounces]\nses_topics = ["{TOPIC}"]\n')
    return Hooks(newsroom, net)


def reasons(newsroom: Newsroom) -> list[SuppressionReason]:
    return [each.reason for each in newsroom.app.store.show(ANN).suppressions]


def test_a_signed_notification_suppresses(hooks: Hooks, newsroom: Newsroom, net: Net) -> None:
    """As often as it comes; the certificate is fetched once."""
    for _ in range(2):
        assert hooks.post("/hooks/ses", content=amazon().notification(EVENT)) == 200
    assert reasons(newsroom) == [SuppressionReason.BOUNCED]
    assert net.asked == [CERTIFICATE_URL]


def test_a_notification_that_amazon_did_not_sign_does_nothing(
    hooks: Hooks, newsroom: Newsroom, net: Net
) -> None:
    """Nor is anything fetched from where a stranger says."""
    signed = amazon().notification(EVENT)
    stranger = json.loads(signed) | {"SigningCertURL": "https://example.org/a.pem"}
    for content, status in (
        (signed.replace(b"Permanent", b"Transient"), 403),
        (json.dumps(stranger).encode(), 403),
        (amazon("other.example").notification(EVENT), 403),
        (amazon().signed({"Type": "Notification", "Message": "no JSON"}), 400),
        (signed.replace(TOPIC.encode(), b"arn:aws:sns:eu-west-1:1:other"), 404),
        (b"no JSON", 400),
        (b" " * 400_000, 413),
    ):
        assert hooks.post("/hooks/ses", content=content) == status
    assert reasons(newsroom) == []
    assert set(net.asked) == {CERTIFICATE_URL}


def test_a_subscription_is_confirmed(hooks: Hooks, net: Net) -> None:
    """By asking for the address that Amazon signed."""
    fields = {"Type": "SubscriptionConfirmation", "Message": "Yes?", "Token": "t"}
    signed = amazon().signed({**fields, "SubscribeURL": CONFIRM_URL})
    assert hooks.post("/hooks/ses", content=signed) == 200
    assert net.asked == [CERTIFICATE_URL, CONFIRM_URL]


def test_a_certificate_that_cannot_be_had_is_asked_for_again(
    hooks: Hooks, newsroom: Newsroom, net: Net
) -> None:
    """SNS tries again as well."""
    pem = net.there.pop(CERTIFICATE_URL)
    signed = amazon().notification(EVENT)
    assert hooks.post("/hooks/ses", content=signed) == 503
    net.there[CERTIFICATE_URL] = pem
    assert hooks.post("/hooks/ses", content=signed) == 200
    assert reasons(newsroom) == [SuppressionReason.BOUNCED]


def test_postmark_needs_its_password(hooks: Hooks, newsroom: Newsroom) -> None:
    """Whatever else it says."""
    wrong = base64.b64encode(b"postmark:another").decode()
    for header in (
        {},
        {"authorization": f"Basic {wrong}"},
        {"authorization": "Bearer secret word"},
    ):
        assert hooks.post("/hooks/postmark", json=RECORD, headers=header) == 401
    assert reasons(newsroom) == []
    known = ("postmark", "secret word")
    assert hooks.post("/hooks/postmark", content=b"[]", auth=known) == 400
    for _ in range(2):
        assert hooks.post("/hooks/postmark", json=RECORD, auth=known) == 200
    assert reasons(newsroom) == [SuppressionReason.BOUNCED]


def test_nothing_is_there_by_get(hooks: Hooks) -> None:
    """Link scanners find no door."""
    for path in ("/hooks/ses", "/hooks/postmark"):
        assert hooks.get(path) == 405


def test_a_provider_that_is_not_set_up_is_not_there(
    hooks: Hooks, newsroom: Newsroom, net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its password, or its topics, are what sets it up."""
    monkeypatch.delenv("MAILER_BOUNCES__POSTMARK_PASSWORD")
    assert Hooks(newsroom, net).post("/hooks/postmark", json=RECORD) == 404
