"""Approval, review and the archive from the command line."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
JANUARY = "issues/2021-01.md"


def change(news: Path, old: str, new: str, file: str = JANUARY) -> None:
    text = (news / file).read_text(encoding="utf-8")
    assert old in text
    (news / file).write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def strict(news: Path) -> Path:
    """Only what somebody approved is sent."""
    change(news, "[database]", "[send]\napproval = true\n\n[database]", "mailer.toml")
    return news


def test_only_the_approved_version_is_sent(mailer: Command, strict: Path) -> None:
    """Refused, approved, sent; a dry run and a late dispatch are held to it too, a test copy is
    not."""
    assert mailer("send", JANUARY, "--test", "ann@example.org").status == 0
    refused = mailer("send", JANUARY, "--dry-run")
    assert refused.status == 1
    assert "nobody has approved it" in refused.err
    assert mailer("issue", "approve", JANUARY, "--by", "Ann").status == 0
    assert mailer("send", JANUARY, "--yes").status == 0
    mailer("subscriber", "add", "bob@example.org", "--confirmed", "a form")
    change(strict, "A paragraph.", "Another paragraph.")
    refused = mailer("send", JANUARY, "--late", "--yes")
    assert refused.status == 1
    assert "not the version that Ann approved" in refused.err
    assert "changed “An item”" in refused.err


def test_before_anybody_approved_that_is_said(mailer: Command, news: Path) -> None:
    """And how it is done; as a document it is an empty list."""
    shown = mailer("issue", "approve", JANUARY, "--show")
    assert (shown.status, shown.out) == (0, "")
    assert "nobody has approved it yet" in shown.err
    assert f"issue approve {JANUARY}`" in shown.err
    assert mailer("issue", "approve", JANUARY, "--show", "--json").out == "[]\n"


def test_who_approved_what_is_shown_wherever_it_matters(mailer: Command, news: Path) -> None:
    """In the list of issues, for the issue, and for what was sent."""
    assert json.loads(mailer("issue", "list", "--json").out)[0]["approved"] is None
    mailer("issue", "approve", JANUARY, "--by", "Ann")
    mailer("send", JANUARY, "--yes")
    change(news, "A paragraph.", "Another paragraph.")
    (listed,) = json.loads(mailer("issue", "list", "--json").out)
    (shown,) = json.loads(mailer("issue", "approve", JANUARY, "--show", "--json").out)
    sent = json.loads(mailer("dispatch", "status", "--json").out)
    assert listed["approved"]["by"] == sent["approved"]["by"] == shown["by"] == "Ann"
    assert listed["approved"]["version"] == sent["approved"]["version"] == shown["version"]
    assert shown["same"] is False
    assert "approved by Ann on " in mailer("dispatch", "status").out
    assert "Ann on " in mailer("issue", "list").out
    assert mailer("issue", "approve", JANUARY, "--show").out.splitlines()[1].endswith("\tanother")


def test_the_files_are_listed_where_the_database_is_not(mailer: Command, news: Path) -> None:
    """In a copy of the folder, say."""
    (news / "mailer.db").unlink()
    answer = mailer("issue", "list", "--json")
    assert answer.status == 0
    assert json.loads(answer.out)[0]["approved"] is None
    assert "who approved what cannot be told" in answer.err


def test_without_a_name_it_is_who_is_at_work(
    mailer: Command, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MAILER_ACTOR names them where the user of the machine does not."""
    monkeypatch.setenv("MAILER_ACTOR", "Nightly job")
    assert "Nightly job on " in mailer("issue", "approve", JANUARY).out


def test_diff_tells_what_differs_and_exits_with_1(mailer: Command, news: Path) -> None:
    """With nothing that differs it exits with 0."""
    mailer("issue", "approve", JANUARY, "--by", "Ann")
    same = mailer("issue", "diff", JANUARY)
    assert (same.status, "nothing differs" in same.out) == (0, True)
    change(news, "A paragraph.", "Another paragraph.")
    change(news, 'title: "January"', 'title: "February"')
    told = mailer("issue", "diff", JANUARY)
    assert told.status == 1
    for line in (
        "subject: 'January' → 'February'",
        "changed: An item",
        "-A paragraph.",
        "+Another paragraph.",
    ):
        assert line in told.out.splitlines()
    document = json.loads(mailer("issue", "diff", JANUARY, "--json").out)
    assert document["same"] is False
    assert document["against"]["approved"]["by"] == "Ann"
    assert {"kind": "changed", "title": "An item"} in document["parts"]
    assert document.keys() >= {"issue", "version", "fields", "pictures", "text", "html", "page"}


def test_reviews_are_shown_with_what_was_said(mailer: Command, news: Path) -> None:
    """The link is in the report, for whoever passes it on."""
    asked = mailer("issue", "review", JANUARY, "--to", "bob@example.org", "--by", "Ann", "--json")
    (document,) = json.loads(asked.out)
    assert document["reviewer"] == "bob@example.org"
    assert document["url"].startswith("https://news.example.org/r/")
    assert document["trouble"] == ""
    assert "nobody is mailed the verdict" in asked.err
    shown = mailer("issue", "review", JANUARY)
    assert "bob@example.org: asked until" in shown.out
    assert mailer("issue", "review", JANUARY, "--withdraw").err.startswith(
        "withdrawn: 1 question\n"
    )
    (document,) = json.loads(mailer("issue", "review", "--json").out)
    assert document["state"] == "withdrawn"
    assert "url" not in document


def test_a_link_that_could_not_be_mailed_fails_and_is_shown(mailer: Command, news: Path) -> None:
    """One line says why."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    change(news, "folder:copies", f"smtp://127.0.0.1:{port}", "mailer.toml")
    asked = mailer("issue", "review", JANUARY, "--to", "bob@example.org")
    assert asked.status == 1
    assert "bob@example.org: https://news.example.org/r/" in asked.out
    lines = [line for line in asked.err.splitlines() if line.startswith("mailer: ")]
    assert len(lines) == 1
    assert "the link was not mailed" in lines[0]


def test_an_old_issue_is_published_and_corrected(mailer: Command, news: Path) -> None:
    """Its address is the report; the same command again changes nothing."""
    published = mailer("issue", "publish", JANUARY)
    assert published.out.strip() == "https://news.example.org/issues/2021-01"
    assert json.loads(mailer("issue", "publish", JANUARY, "--json").out)["changed"] is False
    note = ("--note", "The number was wrong.")
    assert json.loads(mailer("issue", "correct", JANUARY, *note, "--json").out)["changed"] is True
    assert json.loads(mailer("issue", "correct", JANUARY, *note, "--json").out)["changed"] is False
    assert mailer("dispatch", "list", "--json").out.strip() == "[]"
