"""`mailer bounce`: files, a pipe, what is to be done."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from cli.conftest import Command
from feedback.reports import dsn, failed, plain

DEAD = dsn(failed("550 5.1.1 no such user", recipient="ann@example.org"))
KEYS = {
    *("recipient", "class", "suppress", "token", "proof", "effect", "known"),
    *("final", "status", "text"),
}


def test_a_file_is_processed_and_told(mailer: Command, news: Path, tmp_path: Path) -> None:
    """A line for a person; the same file once more changes nothing."""
    (tmp_path / "report").write_bytes(DEAD)
    answer = mailer("bounce", "process", str(tmp_path / "report"))
    assert answer.status == 0
    assert "ann@example.org: dead, suppressed: 550 5.1.1 no such user" in answer.out
    assert "1 message: 1 suppressed" in answer.err
    again = mailer("bounce", "process", str(tmp_path / "report"))
    assert "dead, known already" in again.out
    assert json.loads(mailer("subscriber", "show", "ann@example.org", "--json").out)["suppressed"]


def test_a_program_gets_a_document(mailer: Command, news: Path, tmp_path: Path) -> None:
    """For each file its reports; a dry run changes nothing."""
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(DEAD)
    paths = [str(tmp_path / "one"), str(tmp_path / "two")]
    for _ in range(2):
        answer = mailer("bounce", "process", *paths, "--dry-run", "--json")
        assert answer.status == 0
        document = json.loads(answer.out)
        assert [each["file"] for each in document] == paths
        [report] = document[0]["reports"]
        assert report.keys() == KEYS
        assert (report["recipient"], report["class"]) == ("ann@example.org", "dead")
        assert (report["suppress"], report["known"]) == (True, False)
    assert not json.loads(mailer("subscriber", "show", "ann@example.org", "--json").out)[
        "suppressed"
    ]


def test_a_pipes_message_is_nobodys_word(
    mailer: Command, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody may write to the address: it is a thing to look at."""
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(DEAD)))
    answer = mailer("bounce", "process", "-", "--json")
    [report] = json.loads(answer.out)[0]["reports"]
    assert (report["proof"], report["effect"]) == ("none", "asked")
    [row] = mailer("bounce", "todo").out.splitlines()[1:]
    assert row.split("\t")[::2] == ["report-1", "ann@example.org"]
    assert mailer("bounce", "settle", "report-1").status == 0
    assert json.loads(mailer("bounce", "todo", "--json").out) == {
        "held": [],
        "wishes": [],
        "reports": [],
    }


def test_a_wish_to_be_removed_is_listed(mailer: Command, news: Path, tmp_path: Path) -> None:
    """And the letter goes to whoever reads the publication's mail."""
    letter = plain("Remove me", "From: ann@example.org\nSubject: Re: January\n")
    (tmp_path / "letter").write_bytes(letter)
    assert "reply, handed on" in mailer("bounce", "process", str(tmp_path / "letter")).out
    [wish] = json.loads(mailer("bounce", "todo", "--json").out)["wishes"]
    assert (wish["id"], wish["sender"]) == ("wish-1", "ann@example.org")
    assert len(list((news / "copies").rglob("*.eml"))) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("process", "/no/such/file"), "/no/such/file: no such file"),
        (("fetch",), "bounces.imap is not set"),
        (("settle", "wish-9"), "nothing to settle"),
    ],
)
def test_a_mistake_is_one_line(
    mailer: Command, news: Path, words: tuple[str, ...], said: str
) -> None:
    """What, where, how to mend; exit status 2."""
    answer = mailer("bounce", *words)
    assert answer.status == 2
    assert said in answer.err
    assert len(answer.err.splitlines()) == 1
