from __future__ import annotations

import dataclasses
from http.cookies import SimpleCookie
from typing import Any

import pytest
from reception import ANN, Reception

from mailer.links import Purpose
from mailer.web.application import create
from mailer.web.visiting import Visiting

NEW = "ann@example.net"


@dataclasses.dataclass
class Visitor:
    """Somebody who reads Ann's mail, and has a browser that keeps cookies."""

    front: Reception
    erased: list[str]
    cookie: str = ""

    def link(self) -> str:
        """From the mail that the page of preferences asks for, by the welcome's link to it."""
        path = self.front.mails(ANN)[1].link("p")
        answer = self.front.post(path, {"access": "yes"})
        above, _, form = answer.text.partition("<form")
        assert "Look into your mail" in above  # where a phone shows it
        assert 'name="access"' not in form
        return self.front.mails(ANN)[-1].link("a")

    def begin(self) -> Any:
        answer = self.front.post(self.link(), {})
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        return answer

    def look(self) -> Any:
        return self.front.ask("GET", "/me", headers={"cookie": self.cookie})

    def act(self, what: str, **fields: str) -> Any:
        """One of the page's forms, with its token."""
        _, _, rest = self.look().text.partition('name="form" value="')
        form = {"form": rest.partition('"')[0], **fields}
        return self.front.post(f"/me/{what}", form, headers={"cookie": self.cookie})


@pytest.fixture
def ann(front: Reception) -> Visitor:
    erased: list[str] = []
    visiting = Visiting(front.site, lambda email: f'{{"email": "{email}"}}'.encode(), erased.append)
    made = dataclasses.replace(front, application=create(front.site, visiting.routes()))
    made.confirmed()
    return Visitor(made, erased)


def test_a_visit_begins_by_a_link_that_works_once(ann: Visitor) -> None:
    """Looking at it, as scanners do, begins none; its cookie is for this host and no script."""
    link = ann.link()
    for method in ("GET", "HEAD"):
        answer = ann.front.ask(method, link)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers

    begun = ann.front.post(link, {})

    assert (begun.status_code, begun.headers["location"]) == (303, "/me")
    cookie = SimpleCookie(begun.headers["set-cookie"])["__Host-visit"]
    assert (cookie["secure"], cookie["httponly"], cookie["path"]) == (True, True, "/")
    assert (cookie["samesite"], cookie["domain"], cookie["max-age"]) == ("strict", "", "900")
    assert ann.front.post(link, {}).status_code == 410
    assert ann.front.ask("GET", link).status_code == 410


def test_a_link_and_a_visit_last_a_quarter_of_an_hour(ann: Visitor) -> None:
    old = ann.link()
    ann.front.clock.turn(minutes=15)
    assert ann.front.post(old, {}).status_code == 410
    ann.begin()
    ann.front.clock.turn(minutes=14)
    assert ANN in ann.look().text
    ann.front.clock.turn(minutes=1)
    assert ann.look().status_code == 403


def test_ending_it_ends_it(ann: Visitor) -> None:
    """On our side, not only in the browser."""
    ann.begin()
    before = ann.cookie

    ended = ann.act("end")

    assert "max-age=0" in ended.headers["set-cookie"].lower()
    assert before == ann.cookie
    assert ann.look().status_code == 403


def test_without_a_visit_there_is_nothing_to_see(ann: Visitor) -> None:
    """Nor with a cookie that was made up, or for another purpose."""
    token = ann.front.app.store.show(ANN).subscriptions[0].token
    made_up = ann.front.site.links.keyring.sign(Purpose.VISIT, token)
    other = ann.front.site.links.keyring.sign(Purpose.PREFERENCES, token)
    for value in ("", "x", made_up, other):
        ann.cookie = f"__Host-visit={value}"
        assert ann.look().status_code == 403
        assert ann.front.post("/me/export", {}, headers={"cookie": ann.cookie}).status_code == 403
        assert ann.front.post("/me/erase", {"sure": "yes"}).status_code == 403
    assert ann.erased == []


def test_another_sites_form_does_nothing(ann: Visitor) -> None:
    """Neither with the cookie alone, nor from another origin with the token as well."""
    ann.begin()
    sure = {"sure": "yes"}
    assert ann.front.post("/me/erase", sure, headers={"cookie": ann.cookie}).status_code == 403
    _, _, rest = ann.look().text.partition('name="form" value="')
    form = {**sure, "form": rest.partition('"')[0]}
    for headers in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}):
        answer = ann.front.post("/me/erase", form, headers={"cookie": ann.cookie, **headers})
        assert answer.status_code == 403
    assert ann.erased == []


def test_everything_that_is_known_can_be_had_as_a_file(ann: Visitor) -> None:
    ann.begin()

    got = ann.act("export")

    assert got.json() == {"email": ANN}
    assert got.headers["content-disposition"].startswith('attachment; filename="news-')


def test_erasing_needs_a_tick(ann: Visitor) -> None:
    ann.begin()
    assert ann.act("erase").status_code == 422
    assert ann.erased == []

    assert "It is erased" in ann.act("erase", sure="yes").text
    assert ann.erased == [ANN]


def test_an_address_is_changed_from_the_new_one_and_the_old_is_told(ann: Visitor) -> None:
    """The links of old mails go on working, the visit ends."""
    ann.begin()
    old = ann.front.mails(ANN)[1].link("p")

    assert "Look into the mail of the new address" in ann.act("move", email=NEW).text
    link = ann.front.mails(NEW)[0].link("m")
    assert "a…\u2060n@example.net" in ann.front.ask("GET", link).text
    assert ann.front.status(NEW) is None
    moved = ann.front.post(link, {})

    assert "Your address has changed" in moved.text
    assert (ann.front.status(ANN), ann.front.status(NEW)) == (None, "confirmed")
    told = ann.front.mails(ANN)[-1]
    assert told.subject == "Your address has changed"
    assert "a…n@example.net" in told.text
    assert ann.look().status_code == 403
    assert ann.front.post(link, {}).status_code == 410
    assert "a…\u2060n@example.net" in ann.front.ask("GET", old).text


def test_an_address_that_somebody_has_is_not_taken(ann: Visitor) -> None:
    """The page says the same, no mail goes out; and who gets it meanwhile keeps it."""
    ann.front.confirmed("bob@example.org")
    ann.begin()
    same = ann.act("move", email=NEW).content
    link = ann.front.mails(NEW)[0].link("m")
    before = len(ann.front.mails("bob@example.org"))

    assert ann.act("move", email="bob@example.org").content == same
    assert len(ann.front.mails("bob@example.org")) == before
    ann.front.confirmed(NEW)
    assert ann.front.post(link, {}).status_code == 410
    assert ann.front.status(ANN) == "confirmed"


def test_what_is_no_address_is_said(ann: Visitor) -> None:
    ann.begin()

    assert ann.act("move", email="x\r\nBcc: y@example.org").status_code == 422
