from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import letterbox
import newsroom
import pytest
import readers
import sqlalchemy as sa
from reception import ANN, Reception

from mailer.desk import publishing
from mailer.ledger.schema import budget_uses
from mailer.web.subscribing import made_now
from subscribers.model import ConsentChange, SubscriptionStatus, SuppressionReason

BOB = "bob@example.org"


def test_a_sign_up_is_confirmed_by_the_mail_and_welcomed(front: Reception) -> None:
    """Nothing is sent before the button is pressed; the log keeps what was read and by whom."""
    answer = front.post("/subscribe", {"email": ANN}, headers={"user-agent": "a browser"})

    assert answer.status_code == 200
    assert "Look into your mail" in answer.text
    [mail] = front.mails()
    assert (mail.to, mail.subject) == (ANN, "Please confirm: Monthly")
    assert front.status() == "pending"

    asked = front.ask("GET", mail.link("c"))
    assert "Would you like to get “Monthly”?" in asked.text
    assert front.status() == "pending"
    welcome = front.post(mail.link("c"), {})

    assert "Welcome" in welcome.text
    assert "a…\u2060n@example.org" in welcome.text
    assert front.status() == "confirmed"
    assert [m.subject for m in front.mails()] == ["Please confirm: Monthly", "Welcome to Monthly"]
    events = front.app.store.show(ANN).consents
    assert [each.event for each in events] == [ConsentChange.SIGNED_UP, ConsentChange.CONFIRMED]
    assert "Leave your address" in str(events[0].wording)
    assert events[0].form == "https://news.example.org/subscribe"
    assert (events[0].ip, events[0].user_agent) == ("127.0.0.1", "a browser")
    assert events[1].wording == (
        "Press the button, and it is sent from now on. [Yes, send it to me]"
    )


def with_more_lists(front: Reception) -> None:
    for name, title in (("jobs", "Jobs"), ("weekly", "Weekly")):
        front.app.store.create_list(name, title, f"{name}.example.org", front.clock.now)


def test_several_lists_are_one_mail_and_one_button(front: Reception) -> None:
    """Each is named wherever one is, and the log says of each what was ticked."""
    with_more_lists(front)
    form = front.ask("GET", "/subscribe?list=weekly&list=monthly").text
    boxes = re.findall(r'type="checkbox" name="list" value="(\w+)"[^>]*?( checked)?>', form)
    assert boxes == [("monthly", " checked"), ("jobs", ""), ("weekly", " checked")]

    page = front.sign_up(shown="lists", list=["monthly", "weekly"]).text

    assert "“Monthly, Weekly” comes to you" in page
    [mail] = front.mails()
    assert mail.subject == "Please confirm: Monthly, Weekly"
    assert "Would you like to get “Monthly, Weekly”?" in front.ask("GET", mail.link("c")).text
    assert "“Monthly, Weekly” is sent to" in front.post(mail.link("c"), {}).text
    assert [m.subject for m in front.mails()][1:] == ["Welcome to Monthly, Weekly"]
    found = {name: front.status(ANN, name) for name in ("monthly", "jobs", "weekly")}
    assert found == {"monthly": "confirmed", "jobs": None, "weekly": "confirmed"}
    consents = front.app.store.show(ANN).consents
    assert [each.evidence for each in consents] == ["Monthly", "Weekly"] * 2
    assert front.post(mail.link("c"), {}).status_code == 200
    assert front.app.store.show(ANN).consents == consents


def test_no_list_is_ticked_for_anybody(front: Reception) -> None:
    """A form in which none was ticked comes back; one that has none to tick means the usual one."""
    with_more_lists(front)

    refused = front.sign_up(shown="lists")

    assert refused.status_code == 422
    assert "Tick at least one." in refused.text
    assert " checked" not in refused.text
    assert f'value="{ANN}"' in refused.text
    assert front.mails() == []
    front.sign_up()
    assert front.mails()[0].subject == "Please confirm: Monthly"


def test_the_welcome_names_those_of_several_lists_that_are_sent(front: Reception) -> None:
    """One was stopped before the button was pressed; the other is sent all the same."""
    with_more_lists(front)
    front.sign_up(shown="lists", list=["monthly", "weekly"])
    [mail] = front.mails()
    stop, at = SuppressionReason.MANUAL, front.clock.now
    front.app.store.suppress(ANN, "weekly", stop, "a test", at)

    welcome = front.post(mail.link("c"), {}).text

    assert "“Monthly” is sent to" in welcome
    assert "nothing is sent at the moment" not in welcome
    front.app.store.suppress(ANN, None, stop, "a test", at)
    assert "nothing is sent at the moment" in front.ask("GET", mail.link("c")).text


def test_the_only_list_that_takes_sign_ups_needs_no_tick(front: Reception) -> None:
    """Be it the publication's own or not."""
    with_more_lists(front)
    one = front.with_forms(lists=("jobs",))
    fields = re.findall(r'name="list" value="(\w+)"', one.ask("GET", "/subscribe").text)

    assert one.sign_up(list=fields).status_code == 200
    assert one.status(ANN, "jobs") == "pending"


def test_an_old_link_of_several_lists_offers_a_new_one_for_all(front: Reception) -> None:
    with_more_lists(front)
    front.sign_up(list=["jobs", "weekly"])
    old = front.mails()[0].link("c")
    front.clock.turn(hours=73)

    front.post(old, {})

    new = front.mails()[-1]
    assert new.subject == "Please confirm: Jobs, Weekly"
    front.post(new.link("c"), {})
    assert front.status(ANN, "jobs") == front.status(ANN, "weekly") == "confirmed"


def test_pressing_the_button_again_changes_nothing(front: Reception) -> None:
    """The same page, no second welcome."""
    front.confirmed()
    path = front.mails()[0].link("c")
    before = front.app.store.show(ANN)

    assert "Welcome" in front.post(path, {}).text
    assert "Welcome" in front.ask("GET", path).text
    assert front.app.store.show(ANN) == before
    assert len(front.mails()) == 2


def test_the_welcome_brings_the_latest_issue(front: Reception, tmp_path: Path) -> None:
    """A monthly reader would else wait a month."""
    room = newsroom.Newsroom(front.app)
    assert "latest" not in front.confirmed(BOB).text
    publishing.publish(front.app, room.compose())

    welcome = front.confirmed()

    assert "January" in welcome.text
    assert 'href="https://news.example.org/issues/2021-01"' in welcome.html
    page = front.ask("GET", front.mails(ANN)[0].link("c")).text
    assert '<a href="/issues/2021-01">January</a>' in page


def test_an_old_link_offers_a_new_one(front: Reception) -> None:
    """After 72 hours; the new one goes to the same address and works."""
    front.sign_up()
    old = front.mails()[0].link("c")
    front.clock.turn(hours=73)

    page = front.ask("GET", old)
    assert page.status_code == 410
    assert "Send me a new link" in page.text
    assert "Look into your mail" in front.post(old, {}).text
    new = front.mails()[-1].link("c")

    assert new != old
    assert front.status() == "pending"
    front.post(new, {})
    assert front.status() == "confirmed"


def sign_up_often(front: Reception, times: int) -> None:
    """From as many networks, in several spellings of one address."""
    spellings = (ANN, "Ann@Example.org", " ann@EXAMPLE.ORG ")
    requests = (
        (
            *("POST", "/subscribe"),
            {"data": {"email": spellings[n % 3]}, "ip": f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}"},
        )
        for n in range(times)
    )
    answers = readers.ask_each(front.application, requests)
    assert {answer.status_code for answer in answers} == {200}


def test_many_sign_ups_are_one_mail(front: Reception) -> None:
    """Nobody is flooded by what others fill in; a day later there may be another."""
    sign_up_often(front, 50)
    assert len(front.mails()) == 1
    front.clock.turn(hours=23)
    front.with_forms().sign_up()
    assert len(front.mails()) == 1
    front.clock.turn(hours=2)
    front.with_forms().sign_up()
    assert len(front.mails()) == 2


@pytest.mark.soak
def test_ten_thousand_sign_ups_are_one_mail(front: Reception) -> None:
    sign_up_often(front, 10_000)

    assert len(front.mails()) == 1


def test_known_and_unknown_addresses_get_the_same_answer(front: Reception) -> None:
    """Octet by octet, also for who complained; what differs is the mail."""
    front.confirmed(BOB)
    complained, at = SuppressionReason.COMPLAINED, front.clock.now
    front.app.store.suppress("eve@example.org", None, complained, "a test", at)
    front.clock.turn(days=2)

    answers = {front.sign_up(who).content for who in (ANN, BOB, "eve@example.org")}

    assert len(answers) == 1
    assert front.mails(BOB)[-1].subject == "You get Monthly already"
    assert front.mails(ANN)[-1].subject == "Please confirm: Monthly"
    assert front.mails("eve@example.org") == []


def test_a_robot_gets_the_same_answer_and_no_mail(front: Reception) -> None:
    """It fills in the field that nobody sees, or is quicker than a person, or makes up when."""
    honest = front.sign_up().content
    quick = made_now(front.site)
    front.clock.turn(seconds=1)
    for fields in ({"website": "x"}, {"made": quick}, {"made": "x"}):
        assert front.sign_up(BOB, **fields).content == honest
    assert front.mails(BOB) == []
    front.clock.turn(seconds=2)
    front.sign_up(BOB, made=quick)
    assert len(front.mails(BOB)) == 1


def test_who_was_gone_is_asked_once_a_month(front: Reception) -> None:
    """Whoever left, or whose mail came back, comes back by their own confirmation alone."""
    front.confirmed()
    front.post(front.mails()[-1].link("u"), {"page": "unsubscribe"})
    front.app.store.suppress(ANN, None, SuppressionReason.BOUNCED, "a test", front.clock.now)
    front.clock.turn(days=29)
    front.sign_up()
    assert front.mails()[-1].subject == "You have left Monthly"
    front.clock.turn(days=2)

    front.confirmed()

    assert front.status() == "confirmed"
    assert front.app.store.show(ANN).suppressions == ()
    assert front.app.store.show(ANN).consents[-1].event is ConsentChange.RETURNED


def test_a_complaint_or_the_editors_word_stays(front: Reception) -> None:
    """No mail goes out, so nothing can be confirmed."""
    for who, reason in ((ANN, SuppressionReason.COMPLAINED), (BOB, SuppressionReason.MANUAL)):
        front.app.store.suppress(who, None, reason, "a test", front.clock.now)
        front.sign_up(who)
    assert front.mails() == []


def test_a_name_is_nobodys_before_it_is_confirmed(front: Reception) -> None:
    """Somebody else may have filled in the form: no mail says it, no record takes it."""
    front.sign_up(name="Buy my pills at evil.example")

    assert "pills" not in front.mails()[0].message.as_string() + front.mails()[0].text
    assert front.app.store.show(ANN).attributes == {}
    front.post(front.mails()[0].link("c"), {})
    assert front.app.store.show(ANN).attributes == {"first_name": "Buy my pills at evil.example"}


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a@example.org, b@example.org", "x" * 300])
def test_what_is_no_address_is_said_at_once(front: Reception, email: str) -> None:
    """Beside the field, which has the focus; the form comes back with what was written in it."""
    answer = front.sign_up(email, name="Ann")

    assert answer.status_code == 422
    beside = (
        r'<input type="email"[^>]* aria-describedby="fault" autofocus>\s*<strong [^>]*id="fault"'
    )
    assert re.search(beside + "[^>]*>This is not an e-mail address", answer.text)
    assert 'value="Ann"' in answer.text
    assert front.mails() == []


def test_an_unknown_list_is_not_there(front: Reception) -> None:
    assert front.sign_up(list="other").status_code == 404


def test_json_says_the_same(front: Reception) -> None:
    """For a page's own script, which may be anywhere; the mail is in the language it names."""
    said = {"email": ANN, "list": "monthly", "lang": "de"}

    answer = front.ask("POST", "/subscribe", json=said, headers={"origin": "https://example.org"})

    told = {"status": "asked", "list": "monthly", "lists": ["monthly"]}
    assert (answer.status_code, answer.json()) == (202, told)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert front.mails()[0].subject == "Bitte bestätigen: Monthly"
    assert front.ask("OPTIONS", "/subscribe").headers["access-control-allow-origin"] == "*"


def test_json_may_name_several_lists(front: Reception) -> None:
    with_more_lists(front)
    answer = front.ask("POST", "/subscribe", json={"email": ANN, "list": ["weekly", "jobs", 1]})
    assert answer.json()["lists"] == ["weekly", "jobs"]
    assert front.mails()[0].subject == "Please confirm: Jobs, Weekly"


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff", b"[" * 50_000, json.dumps("x").encode()])
def test_json_that_is_none_is_refused(front: Reception, body: bytes) -> None:
    headers = {"content-type": "application/json"}

    refused = front.ask("POST", "/subscribe", content=body, headers=headers)

    assert refused.status_code == 400
    assert "the body is no JSON" in problem_of(refused)["detail"]


@pytest.mark.parametrize(
    ("said", "status", "detail"),
    [
        ({"email": "x"}, 422, "This is not an e-mail address"),
        ({"email": ANN, "list": "other"}, 404, "no list 'other' takes sign-ups"),
        ({"email": ANN, "name": "x" * 70_000}, 413, "Send less at once."),
    ],
    ids=["address", "list", "much"],
)
def test_what_is_wrong_with_json_is_told_as_problem_details(
    front: Reception, said: dict[str, str], status: int, detail: str
) -> None:
    """RFC 9457; a script of another page may read them."""
    refused = front.ask("POST", "/subscribe", json=said)

    assert refused.status_code == status
    assert detail in problem_of(refused)["detail"]
    assert refused.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("accept", "in_json"),
    [
        ("application/json", True),
        ("application/problem+json;q=0.9, */*;q=0.1", True),
        ("text/html, application/json;q=0.5", False),
        ("*/*", False),
    ],
)
def test_a_form_is_answered_in_json_where_that_is_asked_for(
    front: Reception, accept: str, in_json: bool
) -> None:
    said = {"email": "x", "list": "monthly"}

    refused = front.ask("POST", "/subscribe", data=said, headers={"accept": accept})

    assert (refused.headers["content-type"] == "application/problem+json") is in_json
    missing = front.ask("GET", "/nowhere", headers={"accept": accept})
    assert ("There is no such page" in missing.text, "<html" in missing.text) == (True, not in_json)


def problem_of(answer: Any) -> dict[str, Any]:
    """With the members that RFC 9457 §3.1 names."""
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document.keys() == {"type", "title", "status", "detail"}
    assert (document["type"], document["status"]) == ("about:blank", answer.status_code)
    return document


def test_one_network_may_ask_only_so_often(front: Reception) -> None:
    """Whatever the addresses; a household of IPv6 is one network."""
    few = front.with_forms(per_ip="2/hour")

    answers = [few.sign_up(f"reader{n}@example.org").status_code for n in range(3)]

    assert answers == [200, 200, 429]
    assert len(few.mails()) == 2


def test_one_domain_may_be_asked_only_so_often(front: Reception) -> None:
    few = front.with_forms(per_domain="2/hour")

    answers = [few.sign_up(f"reader{n}@example.org").status_code for n in range(3)]

    assert answers == [200, 200, 429]
    assert few.sign_up("reader@example.net").status_code == 200


def test_the_limits_hold_for_all_processes_together(front: Reception) -> None:
    """Where several serve the pages, or one is started anew; the next hour has room again."""
    first, second = (front.with_forms(per_domain="2/hour") for _ in range(2))
    for number in range(2):
        first.sign_up(f"reader{number}@example.org")

    assert second.sign_up("reader2@example.org").status_code == 200
    assert second.mails("reader2@example.org") == []
    assert front.status("reader2@example.org") is None
    with front.app.database.read() as c:
        names = c.scalars(sa.select(budget_uses.c.name)).all()
    assert not any("example" in name or "127.0" in name for name in names)

    front.clock.turn(hours=1)
    second.sign_up("reader2@example.org")
    assert len(second.mails("reader2@example.org")) == 1


def test_the_editors_own_text_is_mailed(front: Reception) -> None:
    """`mail/confirm.md`, which `init` laid out, composed as an issue is."""
    text = front.app.folder / "mail" / "confirm.md"
    text.write_text("---\ntitle: Hello\n---\nDo you *want* it?\n\n[Oh yes](#confirm)\n")

    front.sign_up()

    [mail] = front.mails()
    assert mail.subject == "Hello"
    assert "<em>want</em>" in mail.html
    front.post(mail.link("c"), {})
    assert front.status() == "confirmed"


def test_a_mail_waits_for_its_relay(front: Reception, tmp_path: Path) -> None:
    """The sign-up is kept; the mail goes when there is a relay again, once."""
    copies = front.app.folder / "copies"
    copies.write_text("in the way")
    front.sign_up()
    copies.unlink()

    assert letterbox.read(copies) == []
    assert front.status() == SubscriptionStatus.PENDING
