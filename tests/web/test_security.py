from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import hypothesis.strategies as st
import pytest
import readers
import reception
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from reception import ANN, Reception

from mailer.links import Keyring, Links, Purpose
from mailer.web.application import create

PURPOSES = {
    "c": Purpose.CONFIRM,
    "a": Purpose.ACCESS,
    "m": Purpose.MOVE,
    "u": Purpose.UNSUBSCRIBE,
    "p": Purpose.PREFERENCES,
}


def _tampered(ring: Keyring, purpose: Purpose, subject: bytes) -> list[str]:
    """Forged, cut, lengthened, for another purpose, in another alphabet."""
    good = ring.sign(purpose, subject)
    others = [ring.sign(other, subject) for other in Purpose if other is not purpose]
    strange = Keyring(ring.current, {ring.current: b"x" * 32}).sign(purpose, subject)
    last = "A" if good[-1] != "A" else "B"
    bent = [good[:-1], good + "A", good[:-1] + last, f"{good}%00", good.swapcase()]
    return [*bent, *others, strange, "x", "..%2f..%2fetc%2fpasswd", "%0d%0aSet-Cookie:%20x=1"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_token_that_we_did_not_make_opens_nothing(front: Reception, method: str) -> None:
    """The same page for all, whatever is wrong with them."""
    front.confirmed()
    subject = front.app.store.show(ANN).subscriptions[0].token
    requests = [
        (method, f"/{path}/{token}", {})
        for path, purpose in PURPOSES.items()
        for token in _tampered(front.site.links.keyring, purpose, subject)
    ]

    for answer in readers.ask_each(front.application, requests):
        assert answer.status_code == 404, answer.url
        assert "This link does not work" in answer.text or "There is no such page" in answer.text
        assert "set-cookie" not in answer.headers
    assert front.status() == "confirmed"


def test_a_retired_key_still_opens_what_it_signed(front: Reception) -> None:
    """Rotation: the new key signs, the old one verifies for ever."""
    front.sign_up()
    old = front.mails()[0].link("c")
    ring = front.site.links.keyring
    turned = Keyring(9, {**ring.keys, 9: b"n" * 32})
    site = dataclasses.replace(front.site, links=Links(front.site.url, turned))
    rotated = dataclasses.replace(front, site=site, application=create(site))

    assert "Welcome" in rotated.post(old, {}).text
    lost = dataclasses.replace(site, links=Links(site.url, Keyring(9, {9: b"n" * 32})))
    assert dataclasses.replace(front, application=create(lost)).post(old, {}).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "https://news.example.org.evil.example"},
    ],
)
def test_a_page_of_another_site_cannot_press_our_buttons(
    front: Reception, headers: dict[str, str]
) -> None:
    """Even if it knew the link; one-click and the sign-up come from elsewhere by their nature."""
    front.sign_up()
    confirm = front.mails()[0].link("c")
    assert front.ask("POST", confirm, headers=headers).status_code == 403
    assert front.status() == "pending"
    front.post(confirm, {})
    welcome = front.mails()[-1]
    answer = front.ask("POST", welcome.link("p"), headers=headers, data={"leave_all": "yes"})
    assert answer.status_code == 403
    assert "This came from another page" in answer.text
    assert "content-security-policy" in answer.headers
    assert front.status() == "confirmed"
    assert front.ask("POST", welcome.link("u"), headers=headers).status_code == 200
    assert front.status() == "unsubscribed"


@pytest.mark.parametrize("headers", [{}, {"origin": "null"}, {"sec-fetch-site": "none"}])
def test_our_own_forms_and_programs_without_an_origin_are_heard(
    front: Reception, headers: dict[str, str]
) -> None:
    """Our pages tell no referrer, so that older browsers say `null`."""
    front.sign_up()

    assert front.ask("POST", front.mails()[0].link("c"), headers=headers).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_no_other_method_does_anything(front: Reception, method: str) -> None:
    front.confirmed()
    before = front.app.store.show(ANN)
    welcome = front.mails()[-1]
    for path in ("/", welcome.link("u"), welcome.link("p"), "/me", "/issues/x"):
        assert front.ask(method, path).status_code == 405
    assert front.app.store.show(ANN) == before


def test_whoever_finds_a_hole_learns_whom_to_tell(front: Reception) -> None:
    """RFC 9116: contact and expiry are a must, and it must not be older than a year."""
    text = front.ask("GET", "/.well-known/security.txt").text

    fields = dict(line.split(": ", 1) for line in text.splitlines())
    assert fields["Contact"].startswith("mailto:")
    expires = dt.datetime.fromisoformat(fields["Expires"])
    assert dt.timedelta() < expires - front.clock.now <= dt.timedelta(days=366)


class Visitors(RuleBasedStateMachine):
    """Two people and whatever they and robots do over HTTP, beside a model of who gets what. A
    link of one changes nothing of the other, and only a person's own yes puts anybody on a list."""

    folder: Any

    def __init__(self) -> None:
        super().__init__()
        self.front = reception.make(next(self.folder))
        self.model = dict.fromkeys(("ann@example.org", "bob@example.org"), "")

    people = st.sampled_from(["ann@example.org", "bob@example.org"])

    def links(self, who: str, path: str) -> list[str]:
        mails = self.front.mails(who)
        return [mail.link(path) for mail in mails if f"/{path}/" in mail.html]

    @rule(who=people)
    def sign_up(self, who: str) -> None:
        self.front.sign_up(who)
        if not self.model[who]:
            self.model[who] = "pending"

    @rule(who=people)
    def confirm(self, who: str) -> None:
        """By the latest link, which may be used up already."""
        links = self.links(who, "c")
        if links:
            was = self.front.status(who)
            fresh = "Press the button" in self.front.ask("GET", links[-1]).text
            self.front.post(links[-1], {})
            self.model[who] = "confirmed" if fresh else str(was)

    @rule(who=people, one_click=st.booleans())
    def leave(self, who: str, one_click: bool) -> None:
        for link in self.links(who, "u")[-1:]:
            self.front.post(link, {} if one_click else {"page": "unsubscribe"})
            self.model[who] = "unsubscribed"

    @rule(who=people)
    def undo(self, who: str) -> None:
        for link in self.links(who, "u")[-1:]:
            offered = 'name="undo"' in self.front.ask("GET", link).text
            self.front.post(link, {"undo": "yes"})
            if offered:
                self.model[who] = "confirmed"

    @rule(who=people, ticked=st.booleans())
    def choose(self, who: str, ticked: bool) -> None:
        for link in self.links(who, "p")[-1:]:
            lists = {"list": "monthly"} if ticked else {}
            self.front.post(link, {"shown": "monthly", **lists})
            self.model[who] = "confirmed" if ticked else "unsubscribed"

    @rule(hours=st.sampled_from([1, 25, 73]))
    def wait(self, hours: int) -> None:
        self.front.clock.turn(hours=hours)

    @rule(who=people)
    @precondition(lambda self: any(self.model.values()))
    def scan(self, who: str) -> None:
        for path in ("c", "u", "p"):
            for link in self.links(who, path):
                assert self.front.ask("GET", link).status_code in (200, 410)

    @invariant()
    def everybody_is_where_the_model_has_them(self) -> None:
        for who, status in self.model.items():
            assert (self.front.status(who) or "") == status, who

    def teardown(self) -> None:
        self.front.app.database.close()


def _run(tmp_path_factory: pytest.TempPathFactory, examples: int, steps: int) -> None:
    def folders() -> Any:
        while True:
            yield tmp_path_factory.mktemp("visitors") / "news"

    machine = type("Here", (Visitors,), {"folder": folders()})
    health = [HealthCheck.too_slow, HealthCheck.data_too_large]
    machine.TestCase.settings = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=health,
    )
    machine.TestCase().runTest()


def test_links_and_forms_do_what_they_say_in_any_order(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    _run(tmp_path_factory, 3, 10)


@pytest.mark.soak
def test_links_and_forms_do_what_they_say_for_long(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    _run(tmp_path_factory, 150, 40)
