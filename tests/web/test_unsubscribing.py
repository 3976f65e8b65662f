from __future__ import annotations

import datetime as dt
from typing import Any

import publication
import pytest
import readers
from reception import ANN, Reception

from mailer.web.unsubscribing import BY_PAGE, ONE_CLICK, UNDONE
from subscribers.model import Consent, ConsentChange, ConsentEvent, SubscriptionStatus

LEFT = {
    "monthly": SubscriptionStatus.UNSUBSCRIBED,
    "weekly": SubscriptionStatus.CONFIRMED,
}
STAYED = dict.fromkeys(LEFT, SubscriptionStatus.CONFIRMED)
_URLENCODED = {"content-type": "application/x-www-form-urlencoded"}
ONE_CLICK_SHAPES: dict[str, dict[str, Any]] = {
    "urlencoded": {"data": {"List-Unsubscribe": "One-Click"}},
    "multipart": {"files": {"List-Unsubscribe": (None, "One-Click")}},
    "multipart with a file name": {"files": {"List-Unsubscribe": ("a", "One-Click")}},
    "empty": {},
    "empty, said to be urlencoded": {"headers": _URLENCODED},
    "ended by a line break": {"content": "List-Unsubscribe=One-Click\r\n", "headers": _URLENCODED},
    "without a content type": {"content": b"List-Unsubscribe=One-Click"},
    "another charset": {
        "content": "List-Unsubscribe=One-Click",
        "headers": {"content-type": "application/x-www-form-urlencoded; charset=utf-8"},
    },
    "multipart that is cut off": {
        "content": b"--x\r\nContent-Disposition: form-data; name=",
        "headers": {"content-type": "multipart/form-data; boundary=x"},
    },
    "multipart without a boundary": {
        "content": b"whatever",
        "headers": {"content-type": "multipart/form-data"},
    },
    "json": {"json": {"List-Unsubscribe": "One-Click"}},
    "octets": {"content": bytes(range(256))},
}


def _last_consent(site: readers.Readers) -> ConsentEvent:
    return site.bench.store.show("anne@example.org").consents[-1]


@pytest.mark.parametrize("shape", ONE_CLICK_SHAPES)
def test_every_shape_of_the_one_click_post_leaves_that_list_alone(
    site: readers.Readers, shape: str
) -> None:
    """RFC 8058 §3.1 to §3.2: 200, no redirect, no cookie, whatever the body looks like."""
    answer = site.ask("POST", site.unsubscribe(), **ONE_CLICK_SHAPES[shape])

    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert site.statuses() == LEFT
    assert _last_consent(site).how == ONE_CLICK


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(site: readers.Readers, method: str) -> None:
    """A link scanner opens the link, and nobody is unsubscribed by it."""
    before = site.bench.store.show("anne@example.org")

    assert site.ask(method, site.unsubscribe()).status_code == 200
    assert site.bench.store.show("anne@example.org") == before


def test_the_page_names_list_and_masked_address_and_has_one_button(site: readers.Readers) -> None:
    """The button is the page's only form, and it posts to the address of the page itself."""
    page = site.ask("GET", site.unsubscribe()).text

    assert "Monthly" in page
    assert "a…\u2060e@example.org" in page
    assert "anne@example.org" not in page
    assert page.count("<form") == page.count("<button") == 1
    assert '<form method="post">' in page


def test_the_pages_own_button_ends_at_a_goodbye_with_a_way_back(site: readers.Readers) -> None:
    """200 with a page that names the list and links to preferences that work."""
    answer = site.ask("POST", site.unsubscribe(), data={"page": "unsubscribe"})

    assert answer.status_code == 200
    assert "You have left “Monthly”" in answer.text
    assert site.preferences() in answer.text
    assert site.ask("GET", site.preferences()).status_code == 200
    assert _last_consent(site).how == BY_PAGE


def test_leaving_twice_is_the_same_as_once(site: readers.Readers) -> None:
    """The second POST is 200 too and writes nothing to the consent log."""
    site.ask("POST", site.unsubscribe())
    before = site.bench.store.show("anne@example.org")

    assert site.ask("POST", site.unsubscribe()).status_code == 200
    assert site.bench.store.show("anne@example.org") == before
    assert "You have left" in site.ask("GET", site.unsubscribe()).text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_of_somebody_erased_still_works(site: readers.Readers, method: str) -> None:
    """Its token is ours although nobody is behind it any more: 200, and no button."""
    answer = site.ask(method, site.unsubscribe(b"nobody-any-more!"))

    assert answer.status_code == 200
    assert "You are not subscribed" in answer.text
    assert "<button" not in answer.text


def test_somebody_who_never_confirmed_can_leave(site: readers.Readers) -> None:
    """A pending subscription ends like any other."""
    pending = SubscriptionStatus.PENDING
    site.bench.store.add("pat@example.org", "monthly", {}, None, pending, publication.NOON)
    token = site.bench.store.show("pat@example.org").subscriptions[0].token

    assert site.ask("POST", site.unsubscribe(token)).status_code == 200
    assert site.statuses("pat@example.org") == {"monthly": SubscriptionStatus.UNSUBSCRIBED}


def test_the_consent_log_says_when_and_from_where(site: readers.Readers) -> None:
    """Time, IP and user agent are kept as evidence, without what could garble a log."""
    site.ask("POST", site.unsubscribe(), headers={"user-agent": "Mail\tClient/1 " + "x" * 900})

    event = _last_consent(site)
    assert event.event is ConsentChange.UNSUBSCRIBED
    assert event.at == publication.NOON
    assert event.ip == "127.0.0.1"
    assert event.user_agent is not None
    assert event.user_agent.startswith("MailClient/1 xxx")
    assert len(event.user_agent) <= 300


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path[:-1],
        lambda path: path[:-20],
        lambda path: path + "A",
        lambda path: path[:-1] + ("A" if path[-1] != "A" else "B"),
        lambda path: path.replace("/u/", "/u/%00"),
        lambda path: "/u/" + path.removeprefix("/u/").swapcase(),
        lambda path: "/u/é",
        lambda path: "/u/" + "A" * 10_000,
        lambda path: "/u/=",
    ],
)
def test_a_spoilt_token_is_a_404_that_says_what_to_do(
    site: readers.Readers, spoil: Any, method: str
) -> None:
    """Truncated, lengthened, forged or garbled: nothing changes, and the editor is named."""
    answer = site.ask(method, spoil(site.unsubscribe()))

    assert answer.status_code == 404
    assert "This link does not work" in answer.text
    assert "editor@example.org" in answer.text
    assert site.statuses() == STAYED


def test_a_token_for_another_purpose_opens_nothing(site: readers.Readers) -> None:
    """A preferences token does not unsubscribe, and the other way round."""
    token = site.preferences().removeprefix("/p/")
    other = site.unsubscribe().removeprefix("/u/")

    assert site.ask("POST", f"/u/{token}").status_code == 404
    assert site.ask("GET", f"/p/{other}").status_code == 404
    assert site.statuses() == STAYED


def test_a_link_signed_with_a_retired_key_works(site: readers.Readers) -> None:
    """Links in old mail outlive a rotation of the keys."""
    ring = site.site.links.keyring
    old = type(ring)(0, {0: ring.keys[0]}).sign(1, site.anne)  # type: ignore[arg-type]

    assert site.ask("POST", f"/u/{old}").status_code == 200
    assert site.statuses() == LEFT


def test_a_slash_at_the_end_is_no_redirect(site: readers.Readers) -> None:
    """RFC 8058 §3.1: a provider does not follow one, so an answer is the better one."""
    assert site.ask("POST", site.unsubscribe() + "/").status_code == 404


def test_who_came_back_can_leave_again(site: readers.Readers) -> None:
    """The same link works after a return."""
    later = publication.NOON + dt.timedelta(days=1)
    site.ask("POST", site.unsubscribe())
    site.bench.store.resubscribe_token(site.anne, Consent("x", "y"), later)

    assert "<button" in site.ask("GET", site.unsubscribe()).text
    site.ask("POST", site.unsubscribe())
    assert site.statuses() == LEFT


def test_undo_brings_back_who_left_a_moment_ago(front: Reception) -> None:
    """For an hour; the log says what was pressed."""
    front.confirmed()
    path = front.mails()[-1].link("u")
    left = front.post(path, {"page": "unsubscribe"})
    assert 'name="undo"' in left.text

    assert "You are back" in front.post(path, {"undo": "yes"}).text
    assert front.status() == "confirmed"
    assert front.app.store.show(ANN).consents[-1].how == UNDONE
    front.post(path, {"page": "unsubscribe"})
    front.clock.turn(hours=1)
    late = front.post(path, {"undo": "yes"})
    assert 'name="undo"' not in late.text
    assert front.status() == "unsubscribed"


def test_a_reason_is_kept_once_and_changes_nothing(front: Reception) -> None:
    """In the log, beside the leaving; line breaks and controls are no part of it."""
    front.confirmed()
    path = front.mails()[-1].link("u")
    said = {"reason": "often", "words": "Too\r\nmuch\x00"}
    assert "Leave “Monthly”?" in front.post(path, said).text
    assert front.app.store.show(ANN).consents[-1].event is ConsentChange.CONFIRMED
    front.post(path, {"page": "unsubscribe"})
    assert "Thank you for telling" not in front.post(path, {"reason": "made up"}).text

    assert "Thank you for telling us." in front.post(path, said).text
    front.post(path, {"reason": "other"})

    told = [e for e in front.app.store.show(ANN).consents if e.event is ConsentChange.EXPLAINED]
    assert [each.evidence for each in told] == ["It came too often: Too much "]
    assert front.status() == "unsubscribed"


def test_who_leaves_on_the_page_is_told_by_mail_and_one_click_is_not(front: Reception) -> None:
    """It may have been the wrong one; a provider's one-click asks for silence."""
    front.confirmed()
    path = front.mails()[-1].link("u")
    front.ask("POST", path, data={"List-Unsubscribe": "One-Click"})
    assert len(front.mails()) == 2
    front.post(path, {"undo": "yes"})
    front.post(path, {"page": "unsubscribe"})
    front.post(path, {"page": "unsubscribe"})

    assert [mail.subject for mail in front.mails()[2:]] == ["You have left Monthly"]
