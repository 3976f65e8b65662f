"""`mailer issue check`, and what a send makes of its findings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]  # see conftest.py
FILE = "issues/2021-01.md"


@pytest.fixture
def issue(news: Path) -> Path:
    """The issue file, to be changed."""
    return news / FILE


def change(issue: Path, old: str, new: str) -> None:
    text = issue.read_text(encoding="utf-8")
    assert old in text
    issue.write_text(text.replace(old, new), encoding="utf-8")


def test_a_finding_is_one_line_with_place_message_mend_and_rule(
    mailer: Command, issue: Path
) -> None:
    """After the outline, and before the counts."""
    change(issue, "https://example.org/a", "http://example.org/a")
    answer = mailer("issue", "check", FILE)
    assert answer.status == 0
    outline, *found, counts = answer.out.splitlines()
    assert outline == "intro · 1 item · sign-off"
    assert found[-1].endswith(
        "issues/2021-01.md:9: warning: http://example.org/a is not encrypted: "
        "write https:// if the site has it (link-http)"
    )
    assert counts == "0 errors, 2 warnings"


def test_what_is_allowed_is_counted(mailer: Command, issue: Path) -> None:
    """And is no finding of the JSON."""
    change(issue, "date: 2021-01-31", "allow:\n  preheader-missing: the intro says it")
    assert mailer("issue", "check", FILE).out.splitlines()[-1] == "0 errors, 0 warnings, 1 allowed"
    assert json.loads(mailer("issue", "check", FILE, "--json").out) == []


def test_links_are_asked_only_where_that_was_asked_for(mailer: Command, issue: Path) -> None:
    """A private address is refused without a connection; who waits is told on stderr."""
    change(issue, "https://example.org/a", "https://localhost/a")
    assert "link-unanswered" not in mailer("issue", "check", FILE).out
    answer = mailer("issue", "check", FILE, "--links", "--json")
    assert "link-unanswered" in [finding["rule"] for finding in json.loads(answer.out)]
    assert "asking 1 address" in answer.err


def test_near_gmails_limit_each_item_has_its_bytes(mailer: Command, issue: Path) -> None:
    """In a table that other programs can cut."""
    change(issue, "A paragraph.", "word " * 17_800)
    out = mailer("issue", "check", FILE).out
    assert "html-size-near" in out
    header, row = out.splitlines()[-2:]
    assert header == "bytes\tline\titem"
    size, line, title = row.split("\t")
    assert 88_000 < int(size.replace(",", "")) < 92_000
    assert (line, title) == ("8", "An item")


@pytest.mark.parametrize("words", [("--yes",), ("--dry-run",)])
def test_an_error_stops_a_send(mailer: Command, issue: Path, words: tuple[str, ...]) -> None:
    """Also one that is only tried; nothing is planned."""
    change(issue, "https://example.org/a", "ftp://example.org/a")
    answer = mailer("send", FILE, *words)
    assert answer.status == 1
    assert "1 error: mend them, then try again" in answer.err
    assert mailer("dispatch", "list", "--json").out.strip() == "[]"


def test_an_error_is_listed_before_a_test_copy_and_stops_none(mailer: Command, issue: Path) -> None:
    """An editor wants to see it in a real inbox all the same."""
    change(issue, "https://example.org/a", "ftp://example.org/a")
    answer = mailer("send", FILE, "--test", "me@example.org")
    assert answer.status == 0
    assert "(link-scheme)" in answer.err
    assert "next: look at it, mend the errors, then `mailer " in answer.err


def test_what_was_sent_is_not_checked_again(mailer: Command, issue: Path) -> None:
    """A dispatch goes on from its stored edition, whatever stands in the file by then."""
    assert mailer("send", FILE, "--yes").status == 0
    change(issue, "https://example.org/a", "ftp://example.org/a")
    assert mailer("send", FILE, "--yes").status == 0


def test_the_help_leads_to_the_rules(mailer: Command, news: Path) -> None:
    assert "docs/checks.md" in mailer("issue", "check", "--help").out


@pytest.mark.parametrize(
    ("content", "rule", "line"),
    [
        pytest.param(b"---\ntitle: Entr\xe9e\n---\n", "file-encoding", ":2", id="encoding"),
        pytest.param(b"x" * 2_000_001, "file-size", "", id="size"),
    ],
)
def test_a_file_that_is_no_text_of_an_issue_is_a_finding(
    mailer: Command, issue: Path, content: bytes, rule: str, line: str
) -> None:
    """In one JSON document as all others; a send refuses it in one line."""
    issue.write_bytes(content)
    answer = mailer("issue", "check", FILE, "--json")
    assert answer.status == 1
    (found,) = json.loads(answer.out)
    assert found["rule"] == rule
    assert found["where"].endswith(FILE + line)
    sent = mailer("send", FILE, "--yes")
    assert sent.status == 1
    assert f"mailer: {found['where']}: {found['message']}: {found['mend']}\n" == sent.err
