"""Segments and kinds of attributes, from the terminal to the copies."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from databases import sqlite_url

from mailer.database import Database
from mailer.ledger import workers

Command = Callable[..., Any]
JANUARY = "issues/2021-01.md"


@pytest.fixture
def readers(mailer: Command, news: Path) -> Path:
    """ann of no country, bob of DE, cleo of AT."""
    for name, country in (("bob", "DE"), ("cleo", "AT")):
        words = (f"{name}@example.org", "--confirmed", "a form", "--set", f"country={country}")
        assert mailer("subscriber", "add", *words).status == 0
    return news


def mailed(news: Path) -> list[str]:
    return sorted(path.name.partition("@")[0] for path in (news / "copies").glob("*"))


def counts(mailer: Command) -> dict[str, int]:
    return {row["name"]: row["count"] for row in json.loads(mailer("segment", "all", "--json").out)}


@pytest.mark.usefixtures("readers")
def test_a_segment_is_counted_before_it_is_saved(mailer: Command) -> None:
    drafted = mailer("segment", "create", "germans", 'country="DE"', "--dry-run")
    assert drafted.out == 'germans: country = "DE"\n1 reader of the list monthly\n'
    assert counts(mailer) == {}
    assert mailer("segment", "create", "germans", 'country="DE"').status == 0
    assert mailer("segment", "create", "others", 'not country="DE"').status == 0
    assert counts(mailer) == {"germans": 1, "others": 2}
    shown = json.loads(mailer("segment", "show", "others", "--json").out)
    assert shown == {
        "name": "others",
        "expression": 'not country = "DE"',
        "list": "monthly",
        "count": 2,
    }


@pytest.mark.usefixtures("readers")
def test_a_tag_that_is_a_slip_shows_beside_the_count(mailer: Command) -> None:
    mailer("subscriber", "edit", "bob@example.org", "--tag", "vip")
    drafted = mailer("segment", "create", "some", 'tag = "vpi"', "--dry-run")
    assert drafted.err.startswith('some: column 1: nobody has the tag "vpi": did you mean "vip"?')
    assert (drafted.status, drafted.out.endswith("0 readers of the list monthly\n")) == (0, True)


@pytest.mark.usefixtures("readers")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create", "x", "country = DE"), "mailer: segment, column 11: 'D' is a capital"),
        (("create", "x", 'land = "DE"'), "mailer: segment, column 1: nobody has an attribute"),
        (("create", "x", "clicked"), "nothing is known as `clicked`"),
        (("show", "x"), "mailer: there is no segment 'x': create it: there is none yet"),
    ],
)
def test_what_is_wrong_is_one_line(mailer: Command, words: tuple[str, ...], said: str) -> None:
    answer = mailer("segment", *words)
    assert answer.status == 2
    assert said in answer.err
    assert len(answer.err.splitlines()) == 1


def test_a_segment_is_dropped_once_no_send_waits_for_it(mailer: Command, readers: Path) -> None:
    with closing(Database(sqlite_url(readers / "mailer.db"))) as database, database.write() as c:
        workers.beat(c, "a worker")
    mailer("segment", "create", "germans", 'country = "DE"')
    later = ("--segment", "germans", "--at", "2099-01-01T09:00", "--yes")
    assert mailer("send", JANUARY, *later).status == 0
    held = mailer("segment", "drop", "germans")
    assert held.status == 2
    assert (
        f"dispatch 1 will go to the segment germans: `mailer -C {readers} dispatch cancel 1`"
        in held.err
    )
    assert mailer("dispatch", "cancel", "1", "--yes").status == 0
    assert mailer("segment", "drop", "germans").status == 0
    assert counts(mailer) == {}
    assert mailer("segment", "drop", "germans").status == 2


def test_a_send_reaches_the_segment_and_then_the_rest(mailer: Command, readers: Path) -> None:
    """Each reader once: who had it as one of the segment does not get it with the list."""
    mailer("segment", "create", "germans", 'country = "DE"')
    would = mailer("send", JANUARY, "--segment", "germans", "--dry-run")
    assert "1 copy of “January” to the segment germans of the list monthly through" in would.err
    sent = mailer("send", JANUARY, "--segment", "germans", "--yes", "--json")
    status = json.loads(sent.out)
    assert (status["segment"], status["total"]) == ("germans", 1)
    assert mailed(readers) == ["bob"]
    assert "to monthly (germans): finished" in mailer("dispatch", "status").out
    again = mailer("send", JANUARY, "--segment", "germans", "--yes")
    assert (again.status, "sent" in again.err) == (0, True)
    assert mailer("send", JANUARY, "--yes").status == 0
    assert mailed(readers) == ["ann", "bob", "cleo"]
    mailer("segment", "create", "had-it", 'received "2021-01" and not received "2020-12"')
    mailer("segment", "create", "bad", "bounced")
    assert counts(mailer) == {"bad": 0, "germans": 1, "had-it": 3}


@pytest.mark.usefixtures("readers")
def test_a_send_to_nobody_names_the_segment(mailer: Command) -> None:
    mailer("segment", "create", "swiss", 'country = "CH"')
    answer = mailer("send", JANUARY, "--segment", "swiss", "--yes")
    assert answer.status == 1
    assert "nobody on it is confirmed, is in the segment swiss and has not had" in answer.err
    assert mailer("send", JANUARY, "--segment", "swis", "--yes").status == 2


@pytest.mark.usefixtures("readers")
def test_an_attribute_that_is_defined_is_checked_and_compared(mailer: Command) -> None:
    wanted = ("--kind", "choice", "--choice", "AT", "--choice", "CH")
    defined = mailer("attribute", "define", "country", *wanted)
    assert defined.out == "country: choice\n"
    assert "1 person has a value of another kind" in defined.err
    refused = mailer("subscriber", "add", "dora@example.org", "--set", "country=FR")
    assert (refused.status, "country: 'FR' is not one of: AT, CH" in refused.err) == (2, True)
    mailer("segment", "create", "alps", 'country in ("at", "ch")')
    assert counts(mailer) == {"alps": 1}
    listed = json.loads(mailer("attribute", "all", "--json").out)
    assert listed == [{"name": "country", "kind": "choice", "choices": ["AT", "CH"]}]
    assert mailer("attribute", "drop", "country").out == "country: any text\n"
    assert mailer("attribute", "drop", "country").out == "country: was not defined\n"
