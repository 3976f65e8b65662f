"""`subscriber show` and `subscriber edit`."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mailer.app import open_app
from mailer.ledger import reports
from mailer.ledger.reports import Copy, Entry
from mailer.model.report import Report, ReportClass
from subscribers.model import Consent, SubscriptionStatus, SuppressionReason

Command = Callable[..., Any]
ANN = "ann@example.org"


def test_the_story_names_where_an_imported_consent_came_from_once(
    mailer: Command, news: Path
) -> None:
    """The words of an import say it already."""
    columns = "Email Address,OPTIN_TIME,CONFIRM_TIME,CONFIRM_IP"
    row = "cleo@example.org,,2020-01-02 10:11:12,192.0.2.7"
    file = news / "readers.csv"
    file.write_text(f"{columns}\n{row}\n", encoding="utf-8")
    assert mailer("subscriber", "import", str(file)).status == 0
    told = mailer("subscriber", "show", "cleo@example.org").out
    assert told.endswith("confirmed on 2020-01-02 10:11 UTC from 192.0.2.7\n")


def test_show_tells_the_story_of_one_person(mailer: Command, news: Path) -> None:
    """Consents with form and wording, changes, suppressions, copies: as they came."""
    app = open_app(news)
    with closing(app.database):
        consent = Consent(
            "web form", "ticked", "192.0.2.1", form="https://example.org/join", wording="Mail me"
        )
        app.store.add("bob@example.org", "monthly", {}, consent, _CONFIRMED, app.now())
        mailer("subscriber", "edit", "bob@example.org", "--set", "city=Ulm", "--tag", "vip")
        mailer("subscriber", "edit", "bob@example.org", "--set", "city=Bonn", "--language", "de")
        mailer("send", "issues/2021-01.md", "--yes")
        reason = SuppressionReason.BOUNCED
        app.store.suppress("bob@example.org", None, reason, "550 no such user", app.now())
    lines = mailer("subscriber", "show", "bob@example.org").out.splitlines()
    assert lines[:5] == [
        "bob@example.org",
        "  language: de",
        "  tags: vip",
        "  city: Bonn",
        "  list monthly: confirmed",
    ]
    told = [line.split("  ")[-1] for line in lines[5:]]
    form = "https://example.org/join"
    assert told[0] == f"monthly: added: web form, {form}, ticked, “Mail me”, from 192.0.2.1"
    assert told[1].startswith("city: Ulm (by ")
    assert told[2].startswith("tags: vip (by ")
    assert told[3].startswith("language: de (by ")
    assert told[4].startswith("city: Ulm → Bonn (by ")
    assert told[5].startswith("issue 2021-01 to monthly: sent")
    assert told[6] == "suppressed for all lists: bounced (550 no such user)"


@pytest.mark.usefixtures("news")
@pytest.mark.parametrize(
    ("done", "then"),
    [
        ((), ("unsubscribe", ANN)),
        (("suppress", ANN), ("unsuppress", ANN)),
        (("suppress", "@example.org", "--list", "monthly"), ("unsuppress", "@example.org")),
        (("suppress", ANN, "--because", "complained"), ("unsuppress", ANN, "--reason", "TEXT")),
        (("unsubscribe", ANN), ("erase", ANN)),
    ],
    ids=lambda words: " ".join(words) or "as they came",
)
def test_show_offers_what_fits_who_is_shown(
    mailer: Command, done: tuple[str, ...], then: tuple[str, ...]
) -> None:
    """Nobody who has left is to be unsubscribed once more."""
    if done:
        assert mailer("subscriber", *done).status == 0
    said = mailer("subscriber", "show", ANN).err
    only = " --list monthly" if "--list" in done else ""
    assert f" subscriber {' '.join(then)}{only}`" in said


def test_show_has_all_of_it_as_json(mailer: Command, news: Path) -> None:
    mailer("send", "issues/2021-01.md", "--yes")
    mailer("subscriber", "edit", ANN, "--set", "city=Ulm")
    shown = json.loads(mailer("subscriber", "show", ANN, "--json").out)
    assert (shown["email"], shown["language"], shown["tags"]) == (ANN, None, [])
    assert shown["attributes"] == {"city": "Ulm"}
    assert [change["field"] for change in shown["changes"]] == ["city"]
    copy = shown["copies"][0]
    assert (copy["dispatch"], copy["issue"], copy["state"]) == (1, "2021-01", "sent")
    assert shown["consents"][0]["wording"] is None


def test_what_came_back_is_part_of_the_story_and_of_a_segment(mailer: Command, news: Path) -> None:
    """Also where the address is not given up for it."""
    mailer("send", "issues/2021-01.md", "--yes")
    report = Report(ANN, ReportClass.FULL, text="452 4.2.2\nmailbox full")
    app = open_app(news)
    with closing(app.database), app.database.write() as c:
        copy = Copy(1, 1, ANN, app.now())
        entry = Entry("1", "a test", report, "token", "counted", copy, ANN)
        reports.note(c, entry, app.now())
    assert (
        "came back: full: 452 4.2.2 mailbox full (counted)" in mailer("subscriber", "show", ANN).out
    )
    shown = json.loads(mailer("subscriber", "show", ANN, "--json").out)
    assert [(r["class"], r["effect"]) for r in shown["reports"]] == [("full", "counted")]
    counted = mailer("segment", "create", "back", "bounced", "--json").out
    assert json.loads(counted)["count"] == 1


@pytest.mark.usefixtures("news")
def test_edit_says_what_it_changed(mailer: Command) -> None:
    words = ("--address", "Ann@Example.net", "--set", "city=Ulm", "--tag", "b", "--tag", "a")
    edited = mailer("subscriber", "edit", ANN, *words)
    assert edited.out.splitlines() == ["email: Ann@Example.net", "city: Ulm", "tags: a, b"]
    back = ("--set", "city=", "--untag", "b")
    assert mailer("subscriber", "edit", "ann@example.net", *back).out == "city: nothing\ntags: a\n"
    again = mailer("subscriber", "edit", "ann@example.net", *back)
    assert again.out == "ann@example.net: nothing to change\n"


@pytest.mark.usefixtures("news")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((ANN, "--language", "Latvin"), "'Latvin' is no language: write its tag"),
        ((ANN, "--set", "city"), "'city' has no `=`"),
        ((ANN, "--address", "ann@"), "is not an address like name@example.org"),
        (("eve@example.org", "--tag", "a"), "nobody of this address"),
    ],
)
def test_a_bad_edit_is_one_line(mailer: Command, words: tuple[str, ...], said: str) -> None:
    answer = mailer("subscriber", "edit", *words)
    assert answer.status == 2
    assert said in answer.err
    assert len(answer.err.splitlines()) == 1


@pytest.mark.usefixtures("news")
def test_evidence_without_words_adds_nobody(mailer: Command) -> None:
    """As an import refuses it: a script's empty variable must not lose a consent unseen."""
    refused = mailer("subscriber", "add", "eve@example.org", "--confirmed", "")
    assert (refused.status, refused.err) == (
        2,
        "mailer: the consent is empty: say where it comes from\n",
    )
    assert mailer("subscriber", "show", "eve@example.org").status == 2


_CONFIRMED = SubscriptionStatus.CONFIRMED
