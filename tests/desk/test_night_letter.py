"""The letter to the editor: what became of a dispatch and what to do, in seven languages."""

from __future__ import annotations

import dataclasses
import datetime as dt
import tomllib
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailer import files
from mailer.composer.compose import Frame, compose
from mailer.composer.parsing import parse
from mailer.desk.night_letter import Night, write
from mailer.ledger.letters import Kind
from mailer.model.delivery import DispatchState, DispatchStatus, State
from mailer.model.slot import fill
from mailer.premises import theme_of

NOW = dt.datetime(2021, 1, 31, 20, 15, tzinfo=dt.UTC)
LANGUAGES = ("en", "de", "fr", "es", "ru", "ar", "zh")


def dispatch(**counts: int) -> DispatchStatus:
    every = {state: counts.get(state.value, 0) for state in State}
    return DispatchStatus(
        id=7,
        issue_id="2021-01",
        list_name="monthly",
        segment="",
        state=DispatchState.OPEN,
        reason="",
        counts=every,
        total=sum(every.values()),
        queued=True,
        created_at=NOW,
        scheduled_at=None,
        started_at=NOW,
        finished_at=None,
    )


def night(status: DispatchStatus, kind: Kind = Kind.ENDED, **changes: Any) -> Night:
    plain = Night(
        kind=kind,
        publication="Neurodigest",
        lang="en",
        zone=ZoneInfo("Europe/Berlin"),
        title="January",
        status=status,
        left=0,
        bounced=0,
        complained=0,
        due=None,
        worker=True,
        now=NOW,
    )
    return dataclasses.replace(plain, **changes)


def text(letter: Night) -> str:
    """The letter as its reader sees it, in plain text."""
    parsed = parse.parse(write(letter), "letter", parse.Defaults(letter.lang, (), "letter"))
    assert parsed.findings == ()
    assert parsed.issue is not None
    frame = Frame(
        "Neurodigest", "Ed <ed@example.org>", None, "1 Street", "https://x.org", personal=True
    )
    edition = compose(parsed.issue, theme_of("letter"), frame)
    assert not edition.slots()
    return " ".join(fill(edition.text, {}).split())


def test_a_good_night_asks_for_nothing() -> None:
    """The numbers, and that all is well."""
    told = text(night(dispatch(sent=29_988)))
    assert "Sent: January" in told
    assert "Jan 31, 2021, 9:15 PM:" in told
    assert "sent 29,988 all 29,988" in told
    assert "Nothing. All is well." in told
    for absent in ("failed", "uncertain", "deferred", "unsubscribed"):
        assert absent not in told


def test_every_trouble_says_what_to_do() -> None:
    """With the commands as they can be pasted."""
    due = NOW + dt.timedelta(minutes=5)
    counts = dispatch(sent=90, failed=3, uncertain=2, deferred=5, skipped=1)
    told = text(night(counts, due=due, left=4, bounced=6, complained=2))
    assert "sent 90 failed 3 uncertain 2 deferred, to be tried again 5" in told
    assert "all 101 readers who unsubscribed since 4" in told
    assert "copies that came back since 6 readers who called it spam 2" in told
    assert "tried again by the worker, from Jan 31, 2021, 9:20 PM on" in told
    assert "`mailer dispatch resolve 7 --assume-sent` or `--resend`" in told
    assert "mailer dispatch copies 7 --state failed" in told
    assert "All is well" not in told


def test_a_night_in_which_nothing_was_sent_is_not_called_sent() -> None:
    """The subject is all that is seen of it on a phone."""
    told = text(night(dispatch(failed=2)))
    assert "Sent to nobody: January" in told
    assert "Sent: January" not in told


def test_without_a_worker_the_editor_sends_again() -> None:
    """Nobody else would."""
    told = text(night(dispatch(sent=1, deferred=1), due=NOW, worker=False))
    assert "No worker is running: the same `mailer send` as before" in told


@pytest.mark.parametrize(("worker", "again"), [(True, False), (False, True)])
def test_a_pause_says_why_and_how_it_goes_on(worker: bool, again: bool) -> None:
    """The relay's words stay as they are, whatever Markdown would make of them."""
    reason = "the relay refuses us: 535 5.7.8 *bad* <login> | `x` {{ y }}"
    paused = dataclasses.replace(
        dispatch(sent=1, planned=9), state=DispatchState.PAUSED, reason=reason
    )
    told = text(night(paused, Kind.PAUSED, worker=worker))
    assert "Paused: January" in told
    assert reason in told
    assert "not yet tried 9" in told
    assert "then say `mailer dispatch resume 7`." in told
    assert ("the same `mailer send`" in told) is again


def test_what_the_editor_paused_has_nothing_to_be_mended() -> None:
    """A letter that comes meanwhile, a day later say, tells how it goes on, and no more."""
    paused = dataclasses.replace(
        dispatch(sent=1, planned=9), state=DispatchState.PAUSED, reason="by the editor"
    )
    told = text(night(paused, Kind.DAY))
    assert "It is paused. `mailer dispatch resume 7` lets it go on." in told
    assert "See to that" not in told


def test_what_is_cancelled_offers_no_sending_again() -> None:
    """`dispatch resolve` refuses it."""
    counts = dispatch(sent=1, uncertain=1, skipped=8)
    told = text(night(dataclasses.replace(counts, state=DispatchState.CANCELLED), Kind.DAY))
    assert "`mailer dispatch resolve 7 --assume-sent` takes them for sent." in told
    assert "--resend" not in told


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_every_language_has_every_letter(lang: str, kind: Kind) -> None:
    """No brace is left over, and commands are the same everywhere."""
    paused = dispatch(sent=1, failed=1, uncertain=1, deferred=1, planned=1, skipped=1)
    if kind is Kind.PAUSED:
        paused = dataclasses.replace(paused, state=DispatchState.PAUSED, reason="535 no")
    told = text(night(paused, kind, lang=lang, left=1, bounced=1, due=NOW))
    assert "{" not in told
    assert "mailer dispatch resolve 7 --assume-sent" in told
    assert ("mailer dispatch resume 7" in told) is (kind is Kind.PAUSED)


def test_the_languages_have_the_same_strings() -> None:
    """All of them; with the same places to be filled in."""
    source = (files.templates_dir() / "mail" / "strings.toml").read_text(encoding="utf-8")
    strings = tomllib.loads(source)
    assert strings.keys() == set(LANGUAGES)
    for table in strings.values():
        assert table.keys() == strings["en"].keys()
        for name, words in table.items():
            for place in ("{id}", "{title}", "{list}", "{when}", "{due}", "{reason}"):
                assert (place in words) is (place in strings["en"][name]), (name, place)


def test_another_language_is_written_to_in_english() -> None:
    """Better than not at all."""
    assert "Nothing. All is well." in text(night(dispatch(sent=1), lang="pt-BR"))


def test_a_title_with_a_slot_in_it_is_nobodys() -> None:
    """A letter has no subscriber whose value it could take."""
    told = text(night(dispatch(sent=1), title="Hello {{ first_name }}"))
    assert "Sent: Hello { { first_name }}" in told
