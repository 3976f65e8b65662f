from __future__ import annotations

import datetime as dt

import publication
import pytest
import readers

from mailer.web.preferences import HOW
from subscribers import selfcare
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


def test_the_page_shows_every_list_as_it_is(site: readers.Readers) -> None:
    """A box for each, ticked where the subscription is confirmed."""
    site.bench.store.create_list("third", "Third", "third.example.org", publication.NOON)
    site.ask("POST", site.unsubscribe())

    page = site.ask("GET", site.preferences()).text

    assert not _checked(page, "monthly")
    assert _checked(page, "weekly")
    assert not _checked(page, "third")
    assert "You are not on this list." in page
    assert "anne@example.org" not in page


def test_a_list_that_is_not_for_anybody_is_shown_to_those_on_it_alone(
    site: readers.Readers,
) -> None:
    """`[forms] lists` names those that may be joined; a made-up form joins no other."""
    site.bench.store.create_list("team", "Team", "team.example.org", publication.NOON)
    closed = site.with_forms(lists=("monthly",))

    page = closed.ask("GET", closed.preferences()).text
    closed.ask("POST", closed.preferences(), data={"shown": ["team"], "list": ["team"]})

    assert "Weekly" in page
    assert "Team" not in page
    assert set(closed.statuses()) == set(BOTH)


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
    assert event.evidence == "Ticked: Weekly"
    assert event.wording == "Tick the lists that you want to get."
    assert "Tick the lists that you want to get." in answer.text


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


def test_another_list_is_joined_by_its_tick(site: readers.Readers) -> None:
    """The address is theirs, so no mail has to ask for it; the log keeps what was read."""
    site.bench.store.create_list("third", "Third", "third.example.org", publication.NOON)

    answer = site.ask("POST", site.preferences(), data={"shown": ["third"], "list": ["third"]})

    assert site.statuses() == dict.fromkeys((*BOTH, "third"), CONFIRMED)
    assert "You are on “Third” now." in answer.text
    event = site.bench.store.show("anne@example.org").consents[-1]
    assert (event.list, event.event, event.how) == ("third", ConsentChange.CONFIRMED, HOW)
    assert event.evidence.endswith("Ticked: Third")


def test_a_name_is_kept_and_an_empty_one_taken_away(site: readers.Readers) -> None:
    """Line breaks in it, which could begin a header, become spaces."""
    for said, kept in (("Anne\r\nBcc: x@example.org", "Anne Bcc: x@example.org"), ("", None)):
        form = {"about": "shown", "name": said, "shown": BOTH, "list": BOTH}
        assert site.ask("POST", site.preferences(), data=form).status_code == 200
        assert site.bench.store.show("anne@example.org").attributes.get("first_name") == kept


def test_a_language_is_kept_and_spoken(site: readers.Readers) -> None:
    """On every page of that reader from then on; one that we do not speak changes nothing."""
    form = {"about": "shown", "shown": BOTH, "list": BOTH}

    answer = site.ask("POST", site.preferences(), data={**form, "lang": "de"})

    assert "Was Sie über sich gesagt haben" in answer.text
    assert '<html lang="de"' in site.ask("GET", site.unsubscribe()).text
    person = site.bench.store.show("anne@example.org")
    assert (person.language, person.changes[-1].source) == ("de", HOW)
    site.ask("POST", site.preferences(), data={**form, "lang": "tlh"})
    assert site.bench.store.show("anne@example.org").language == "de"


def test_a_name_that_no_mail_can_carry_changes_nothing(site: readers.Readers) -> None:
    """All of a form is saved or nothing of it."""
    form = {"about": "shown", "name": "x" * 101, "shown": BOTH}

    answer = site.ask("POST", site.preferences(), data=form)

    assert answer.status_code == 422
    assert "too long" in answer.text
    assert site.statuses() == dict.fromkeys(BOTH, CONFIRMED)


def test_who_pauses_is_left_out_until_that_day(site: readers.Readers) -> None:
    """By the database's time; an empty field ends the pause."""
    store, later = site.bench.store, publication.NOON + dt.timedelta(days=30)
    with site.bench.database.read() as c:
        assert c.execute(store.audience("monthly")).all()
    form = {"about": "shown", "shown": BOTH, "list": BOTH, "pause": f"{later:%Y-%m-%d}"}

    answer = site.ask("POST", site.preferences(), data=form)

    assert "Nothing is sent to you before March 2, 2021." in answer.text
    assert 'value="2021-03-02"' in site.ask("GET", site.preferences()).text
    with site.bench.database.write() as c:  # the test's day is long past by the database's time
        assert len(c.execute(store.audience("monthly")).all()) == 1
        selfcare.pause(c, 1, dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
        assert c.execute(store.audience("monthly")).all() == []
        assert c.execute(store.welcome([1, 2])).all() == []
    site.ask("POST", site.preferences(), data={**form, "pause": ""})
    with site.bench.database.read() as c:
        assert len(c.execute(store.audience("monthly")).all()) == 1


@pytest.mark.parametrize("day", ["2021-01-31", "2022-02-01", "soon", "2021-13-01"])
def test_a_pause_ends_within_a_year(site: readers.Readers, day: str) -> None:
    """What is no day, or one that is past, changes nothing."""
    form = {"about": "shown", "shown": BOTH, "pause": day}

    answer = site.ask("POST", site.preferences(), data=form)

    assert answer.status_code == 422
    assert "Choose a day within the next year." in answer.text
    assert site.statuses() == dict.fromkeys(BOTH, CONFIRMED)


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


WRITE = 'write to <a href="mailto:editor@example.org">'
AGAIN = '<a href="/subscribe">sign up once more</a> and confirm it'


@pytest.mark.parametrize(
    ("reason", "said", "way"),
    [
        (SuppressionReason.UNSUBSCRIBED, "this address was unsubscribed", AGAIN),
        (SuppressionReason.BOUNCED, "mail to this address came back to us", AGAIN),
        (SuppressionReason.COMPLAINED, "reported to us as unwanted", WRITE),
        (SuppressionReason.MANUAL, "the editor has stopped it", WRITE),
    ],
)
def test_who_is_suppressed_is_told_why_and_what_they_can_do(
    site: readers.Readers, reason: SuppressionReason, said: str, way: str
) -> None:
    """The page is honest that a tick alone brings nothing back; what their own sign-up lifts needs
    no editor. Who complained has left, so no list waits for them."""
    site.bench.store.suppress("anne@example.org", None, reason, "a test", publication.NOON)

    page = site.ask("GET", site.preferences()).text

    notice = page[page.index('class="notice"') : page.index("<form")]
    assert f"Nothing is sent to you at the moment: {said}" in notice.replace("a copy was ", "")
    assert [each for each in (AGAIN, WRITE) if each in notice] == [way]
    waiting = 0 if reason is SuppressionReason.COMPLAINED else 2
    assert page.count("Not sent at the moment.") == waiting


def test_a_suppression_of_one_list_names_it(site: readers.Readers) -> None:
    """The other lists go on; the sign-up begins with that one."""
    reason = SuppressionReason.BOUNCED
    site.bench.store.suppress("anne@example.org", "weekly", reason, "a test", publication.NOON)

    page = site.ask("GET", site.preferences()).text

    assert "Weekly is not sent to you" in page
    assert 'href="/subscribe?list=weekly"' in page
    assert page.count("Not sent at the moment.") == 1


def test_who_left_with_another_program_comes_back_by_a_tick(site: readers.Readers) -> None:
    """So nothing is said of what a tick would not change."""
    store, left = site.bench.store, SuppressionReason.UNSUBSCRIBED
    site.ask("POST", site.unsubscribe())
    store.suppress("anne@example.org", "monthly", left, "an import", publication.NOON)

    assert "A tick alone" not in site.ask("GET", site.preferences()).text
    site.ask("POST", site.preferences(), data={"shown": BOTH, "list": BOTH})

    assert site.statuses() == dict.fromkeys(BOTH, CONFIRMED)
    assert store.show("anne@example.org").suppressions == ()


def test_a_list_that_takes_no_sign_ups_comes_back_by_its_editor(site: readers.Readers) -> None:
    """The sign-up would be refused."""
    reason = SuppressionReason.BOUNCED
    site.bench.store.suppress("anne@example.org", "weekly", reason, "a test", publication.NOON)

    page = site.with_forms(lists=["monthly"]).ask("GET", site.preferences()).text

    assert WRITE in page
    assert "sign up once more" not in page


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
