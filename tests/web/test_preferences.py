from __future__ import annotations

import publication
import pytest
import readers

from mailer.web.preferences import HOW, WORDING
from subscribers.model import Consent, ConsentChange, SubscriptionStatus, SuppressionReason

CONFIRMED = SubscriptionStatus.CONFIRMED
UNSUBSCRIBED = SubscriptionStatus.UNSUBSCRIBED
BOTH = ["monthly", "weekly"]


def _checked(page: str, name: str) -> bool:
    box = page[page.index(f'id="list-{name}"') :]
    return "checked" in box[: box.index(">")]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(site: readers.Readers, method: str) -> None:
    """The page can be opened by anything any number of times."""
    before = site.bench.store.show("anne@example.org")

    assert site.ask(method, site.preferences()).status_code == 200
    assert site.bench.store.show("anne@example.org") == before


def test_the_page_shows_ones_own_lists_as_they_are(site: readers.Readers) -> None:
    """A box for each subscription, ticked where it is confirmed; other lists are not shown."""
    site.bench.store.create_list("secret", "Secret", "secret.example.org", publication.NOON)
    site.ask("POST", site.unsubscribe())

    page = site.ask("GET", site.preferences()).text

    assert not _checked(page, "monthly")
    assert _checked(page, "weekly")
    assert "Secret" not in page
    assert "anne@example.org" not in page


def test_unticking_leaves_that_list_and_says_so(site: readers.Readers) -> None:
    """What was shown and is not ticked is left."""
    answer = site.ask("POST", site.preferences(), data={"shown": BOTH, "list": ["weekly"]})

    assert site.statuses() == {"monthly": UNSUBSCRIBED, "weekly": CONFIRMED}
    assert "You have left “Monthly”" in answer.text
    assert not _checked(answer.text, "monthly")


def test_ticking_comes_back_with_the_wording_as_evidence(site: readers.Readers) -> None:
    """The return belongs to the subscription of that list, and the log keeps what was read."""
    site.bench.store.unsubscribe_token(site.anne_weekly, "x", publication.NOON)

    answer = site.ask("POST", site.preferences(), data={"shown": BOTH, "list": BOTH})

    assert site.statuses() == dict.fromkeys(BOTH, CONFIRMED)
    assert "You are back on “Weekly”" in answer.text
    event = site.bench.store.show("anne@example.org").consents[-1]
    assert (event.list, event.event, event.how) == ("weekly", ConsentChange.RETURNED, HOW)
    assert WORDING in event.evidence
    assert "Weekly" in event.evidence
    assert WORDING in answer.text


def test_saving_what_is_so_already_changes_nothing(site: readers.Readers) -> None:
    """No entry in the consent log, and the page says that nothing was changed."""
    before = site.bench.store.show("anne@example.org")

    answer = site.ask("POST", site.preferences(), data={"shown": BOTH, "list": BOTH})

    assert "Nothing was changed" in answer.text
    assert site.bench.store.show("anne@example.org") == before


def test_one_button_leaves_everything(site: readers.Readers) -> None:
    """Whatever is ticked; also a subscription that was never confirmed."""
    site.bench.store.create_list("third", "Third", "third.example.org", publication.NOON)
    pending = SubscriptionStatus.PENDING
    site.bench.store.add("anne@example.org", "third", {}, None, pending, publication.NOON)

    site.ask("POST", site.preferences(), data={"leave_all": "yes", "shown": BOTH, "list": BOTH})

    assert set(site.statuses().values()) == {UNSUBSCRIBED}


def test_an_empty_post_leaves_nothing(site: readers.Readers) -> None:
    """What the page has not shown is not left, so a robot's bare POST does no harm."""
    assert site.ask("POST", site.preferences()).status_code == 200
    assert site.statuses() == dict.fromkeys(BOTH, CONFIRMED)


def test_nobody_is_put_on_a_list_that_they_were_never_on(site: readers.Readers) -> None:
    """A made-up form cannot make a subscription."""
    site.bench.store.create_list("third", "Third", "third.example.org", publication.NOON)

    site.ask("POST", site.preferences(), data={"shown": ["third"], "list": ["third"]})

    assert set(site.statuses()) == set(BOTH)


def test_a_pending_list_is_confirmed_by_its_tick_and_kept_by_its_absence(
    site: readers.Readers,
) -> None:
    """Saving something else does not end it; ticking it is the consent that was missing."""
    pending = SubscriptionStatus.PENDING
    site.bench.store.add("pat@example.org", "monthly", {}, None, pending, publication.NOON)
    token = site.bench.store.show("pat@example.org").subscriptions[0].token

    site.ask("POST", site.preferences(token), data={"shown": ["monthly"]})
    assert site.statuses("pat@example.org") == {"monthly": pending}

    site.ask("POST", site.preferences(token), data={"shown": ["monthly"], "list": ["monthly"]})
    assert site.statuses("pat@example.org") == {"monthly": CONFIRMED}


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (SuppressionReason.BOUNCED, "mail to this address came back to us"),
        (SuppressionReason.COMPLAINED, "reported to us as unwanted"),
        (SuppressionReason.MANUAL, "the editor has stopped it"),
    ],
)
def test_who_is_suppressed_is_told_why_and_whom_to_write_to(
    site: readers.Readers, reason: SuppressionReason, said: str
) -> None:
    """The page is honest that a tick alone brings nothing back."""
    site.bench.store.suppress("anne@example.org", None, reason, "a test", publication.NOON)

    page = site.ask("GET", site.preferences()).text

    assert "Nothing is sent to you at the moment" in page
    assert said in page
    assert "editor@example.org" in page


def test_a_suppression_of_one_list_names_it(site: readers.Readers) -> None:
    """The other lists go on."""
    reason = SuppressionReason.MANUAL
    site.bench.store.suppress("anne@example.org", "weekly", reason, "a test", publication.NOON)

    assert "Weekly is not sent to you" in site.ask("GET", site.preferences()).text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_behind_the_link_is_a_page_too(site: readers.Readers, method: str) -> None:
    """An erased person's link answers 200 and offers nothing."""
    answer = site.ask(method, site.preferences(b"nobody-any-more!"))

    assert answer.status_code == 200
    assert "You are not subscribed" in answer.text
    assert "<form" not in answer.text


def test_a_title_cannot_bring_markup(site: readers.Readers) -> None:
    """Everything that people wrote is escaped where it stands."""
    title = "<script>alert(1)</script>\"'&"
    site.bench.store.create_list("xss", title, "xss.example.org", publication.NOON)
    consent = Consent("x", "y")
    site.bench.store.add("anne@example.org", "xss", {}, consent, CONFIRMED, publication.NOON)

    page = site.ask("GET", site.preferences()).text

    assert "<script" not in page
    assert "&lt;script&gt;" in page
