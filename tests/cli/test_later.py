"""`send` for later, once more, and with a mended issue; `dispatch log`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mailer.app import open_app
from mailer.ledger import workers

Command = Callable[..., Any]
JANUARY = "issues/2021-01.md"
LATER = "2099-12-01 09:00"


@pytest.fixture
def worker(news: Path) -> None:
    """One was seen just now."""
    with closing(open_app(news).database) as database, database.write() as c:
        workers.beat(c, "a worker")


def status(mailer: Command, dispatch_id: int = 1) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(mailer("dispatch", "status", str(dispatch_id), "--json").out)
    return found


def trail(mailer: Command) -> list[str]:
    return [event["action"] for event in json.loads(mailer("dispatch", "log", "--json").out)]


def block(news: Path) -> Path:
    """A file where the folder for copies should be: the send is paused, and nobody has anything."""
    (news / "copies").write_text("", encoding="utf-8")
    return news / "copies"


def mend(news: Path) -> None:
    file = news / JANUARY
    file.write_text(file.read_text(encoding="utf-8").replace("Bye.", "Goodbye."), encoding="utf-8")


def copies(news: Path) -> list[str]:
    found = (news / "copies").glob("ann@*") if (news / "copies").is_dir() else ()
    return [path.read_text(encoding="utf-8") for path in found]


@pytest.mark.usefixtures("worker")
def test_a_schedule_is_shown_moved_and_taken_back(mailer: Command, news: Path) -> None:
    """The count is that of now; nothing is planned before the time, and after a cancel the issue
    can be sent as if nothing had been."""
    said = mailer("send", JANUARY, "--at", LATER, "--dry-run").err
    assert "Tue 01 Dec 2099 at 09:00 UTC, 1 copy as of now" in said
    assert trail(mailer) == []
    assert mailer("send", JANUARY, "--at", LATER, "--yes").status == 0
    now = status(mailer)
    assert (now["state"], now["total"], now["started_at"]) == ("scheduled", 0, None)
    assert now["scheduled_at"] == "2099-12-01T09:00:00+00:00"
    assert "scheduled for Tue 01 Dec 2099 09:00 UTC" in mailer("dispatch", "list").out
    assert mailer("send", JANUARY, "--at", "2099-12-02 10:30", "--yes").status == 0
    assert status(mailer)["scheduled_at"] == "2099-12-02T10:30:00+00:00"
    assert mailer("dispatch", "cancel", "1", "--yes").status == 0
    assert mailer("send", JANUARY, "--yes").status == 0
    assert status(mailer, 2)["counts"]["sent"] == 1
    assert trail(mailer) == ["scheduled", "moved", "cancelled", "began", "finished"]


@pytest.mark.usefixtures("worker")
def test_what_is_scheduled_can_be_sent_now(mailer: Command, news: Path) -> None:
    """The same dispatch, begun by the editor; with the count agreed to."""
    mailer("send", JANUARY, "--at", LATER, "--yes")
    refused = mailer("send", JANUARY)
    assert refused.status == 2
    assert "nobody is there to be asked" in refused.err
    assert mailer("send", JANUARY, "--yes", "--expect", "1").status == 0
    assert status(mailer)["state"] == "finished"
    assert len(json.loads(mailer("dispatch", "list", "--json").out)) == 1
    late = mailer("send", JANUARY, "--at", LATER, "--yes")
    assert late.status == 0
    assert "finished" in late.err


@pytest.mark.usefixtures("worker")
def test_a_schedule_keeps_the_issue_as_it_was(mailer: Command, news: Path) -> None:
    """A file that was changed since is named, and what to do about it; a correction changes it."""
    mailer("send", JANUARY, "--at", LATER, "--yes")
    mend(news)
    refused = mailer("send", JANUARY, "--yes")
    assert refused.status == 2
    assert f"`mailer -C {news} issue diff" in refused.err
    assert "--correct 1" in refused.err
    assert mailer("send", JANUARY, "--correct", "1", "--yes", "--expect", "1").status == 0
    assert status(mailer)["state"] == "scheduled"
    assert mailer("send", JANUARY, "--yes").status == 0
    assert ["Goodbye." in copy for copy in copies(news)] == [True]


@pytest.mark.usefixtures("news")
def test_without_a_worker_nobody_is_asked_for_a_count(mailer: Command) -> None:
    """It would be typed for nothing; a dry run is told as well."""
    for more in ((), ("--dry-run",)):
        refused = mailer("send", JANUARY, "--at", LATER, *more)
        assert refused.status == 2
        assert "no worker was seen" in refused.err


def test_without_a_worker_a_queue_says_so(mailer: Command, news: Path) -> None:
    """It is the workers' all the same."""
    said = mailer("send", JANUARY, "--queue", "--yes")
    assert said.status == 0
    assert f"no worker is running: start `mailer -C {news} worker`" in said.err
    now = status(mailer)
    assert (now["state"], now["queued"], now["counts"]["planned"]) == ("open", True, 1)
    assert copies(news) == []


@pytest.mark.usefixtures("worker")
def test_with_a_worker_there_is_nothing_left_to_do(mailer: Command, news: Path) -> None:
    """After a queue as after a resume."""
    assert "nothing: the worker goes on" in mailer("send", JANUARY, "--queue", "--yes").err
    mailer("dispatch", "pause", "1")
    assert "nothing: the worker goes on" in mailer("dispatch", "resume", "1").err
    assert trail(mailer) == ["began", "queued", "paused", "resumed"]


def test_only_again_repeats(mailer: Command, news: Path) -> None:
    """To everybody on the list, with a number that somebody gave; and again after that."""
    first = mailer("send", JANUARY, "--again", "--yes", "--expect", "1")
    assert first.status == 2
    assert "never had this issue" in first.err
    mailer("send", JANUARY, "--yes")
    unsure = mailer("send", JANUARY, "--again", "--yes")
    assert unsure.status == 2
    assert "add --yes and --expect N" in unsure.err
    assert "also to those who have it" in mailer("send", JANUARY, "--again", "--dry-run").err
    for number in (2, 3):
        assert mailer("send", JANUARY, "--again", "--yes", "--expect", "1").status == 0
        assert status(mailer, number)["counts"]["sent"] == 1
    assert len(copies(news)) == 3
    assert mailer("send", JANUARY, "--yes").status == 0
    assert len(copies(news)) == 3


def test_nothing_is_repeated_before_the_first_is_through(mailer: Command, news: Path) -> None:
    """Else a reader might get both at once."""
    block(news)
    mailer("send", JANUARY, "--yes")
    refused = mailer("send", JANUARY, "--again", "--yes", "--expect", "1")
    assert refused.status == 2
    assert "dispatch 1 of this issue has not ended" in refused.err


def test_a_correction_goes_on_with_the_mended_issue(mailer: Command, news: Path) -> None:
    """A paused dispatch is resumed with it; what was paused it is in the trail."""
    wall = block(news)
    mailer("send", JANUARY, "--yes")
    assert status(mailer)["state"] == "paused"
    same = mailer("send", JANUARY, "--correct", "1", "--yes")
    assert same.status == 2
    assert "sends this version already" in same.err
    mend(news)
    said = mailer("send", JANUARY, "--correct", "1", "--dry-run").err
    assert "would send this version in 1 copy of dispatch 1" in said
    wall.unlink()
    assert mailer("send", JANUARY, "--correct", "1", "--yes").status == 0
    assert ["Goodbye." in copy for copy in copies(news)] == [True]
    assert trail(mailer) == [
        "began",
        "paused",
        "queued",
        "corrected",
        "resumed",
        "taken back",
        "finished",
    ]


def test_what_is_through_has_nobody_left_to_correct_for(mailer: Command, news: Path) -> None:
    """The page on the web can still be mended."""
    mailer("send", JANUARY, "--yes")
    mend(news)
    refused = mailer("send", JANUARY, "--correct", "1", "--yes")
    assert refused.status == 2
    assert "dispatch 1 is finished: nobody is left" in refused.err
    assert f"`mailer -C {news} issue correct {news / JANUARY} --note TEXT`" in refused.err


def test_a_correction_is_of_the_same_issue(mailer: Command, news: Path) -> None:
    """Another issue's file is no mended version."""
    block(news)
    mailer("send", JANUARY, "--yes")
    other = (news / JANUARY).read_text(encoding="utf-8").replace("id: 2021-01", "id: 2021-02")
    (news / "issues" / "2021-02.md").write_text(other, encoding="utf-8")
    refused = mailer("send", "issues/2021-02.md", "--correct", "1", "--yes")
    assert refused.status == 2
    assert "dispatch 1 sends issue 2021-01 (en), not issue 2021-02 (en)" in refused.err


def test_a_correction_is_in_the_same_language(mailer: Command, news: Path) -> None:
    """A translation has the issue's id, and is no mended version."""
    block(news)
    mailer("send", JANUARY, "--yes")
    text = (news / JANUARY).read_text(encoding="utf-8")
    translation = text.replace("date:", "lang: de\ndate:").replace("Bye.", "Bis bald.")
    (news / "issues" / "2021-01.de.md").write_text(translation, encoding="utf-8")
    refused = mailer("send", "issues/2021-01.de.md", "--correct", "1", "--yes")
    assert refused.status == 2
    assert "dispatch 1 sends issue 2021-01 (en), not issue 2021-01 (de)" in refused.err
    assert status(mailer)["state"] == "paused"


def test_only_uncertain_copies_left_are_none_to_correct(mailer: Command, news: Path) -> None:
    """They stay what they are: their readers may have the first version."""
    mailer("send", JANUARY, "--yes")
    with closing(sqlite3.connect(news / "mailer.db")) as database, database:
        database.execute("UPDATE deliveries SET state = 'uncertain'")
        database.execute("UPDATE shards SET sent = 0, uncertain = 1")
        database.execute("UPDATE dispatches SET state = 'open', finished_at = NULL")
    mend(news)
    refused = mailer("send", JANUARY, "--correct", "1", "--yes")
    assert refused.status == 2
    assert "no copy is left that could carry another version" in refused.err


def test_the_log_names_who_acted(
    mailer: Command, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MAILER_ACTOR, where several share a user; of one dispatch, or of all."""
    monkeypatch.setenv("MAILER_ACTOR", "cleo")
    mailer("send", JANUARY, "--yes")
    lines = mailer("dispatch", "log", "1").out.splitlines()
    assert lines[0].split("\t") == ["when", "who", "dispatch", "what", "detail"]
    assert [line.split("\t")[1:] for line in lines[1:]] == [
        ["cleo", "1", "began", "1 copy"],
        ["the sender", "1", "finished", "1 sent"],
    ]
    assert mailer("dispatch", "log", "9").status == 2
