"""The command line is a contract: help everywhere, JSON on stdout, what to do next on stderr."""

from __future__ import annotations

import email
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from email.policy import default as modern
from pathlib import Path
from typing import Any

import newsroom
import pytest
import typer.main
from rich import markup
from statements import asked

from mailer.app import open_app
from mailer.cli.main import app

Command = Callable[..., Any]
JANUARY = "issues/2021-01.md"


@pytest.fixture(scope="module")
def sent_once(laid_out: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `sent` is a copy of."""
    folder = tmp_path_factory.mktemp("sent-once") / "news"
    made = newsroom.Newsroom(open_app(Path(shutil.copytree(laid_out, folder))))
    assert made.send(JANUARY) == 1
    made.app.database.close()
    return folder


@pytest.fixture
def sent(sent_once: Path, tmp_path: Path) -> Path:
    """A publication whose issue went to its reader."""
    return Path(shutil.copytree(sent_once, tmp_path / "news"))


def commands() -> Iterator[tuple[str, Any]]:
    def walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
        yield name, command
        for verb, inner in getattr(command, "commands", {}).items():
            yield from walk(f"{name} {verb}", inner)

    return walk("mailer", typer.main.get_command(app))


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=lambda v: str(v)[:40])
def test_every_command_and_option_has_help(name: str, command: Any) -> None:
    """And shows all that is written there: Rich takes `[name]` for markup, and drops it."""
    assert command.help, name
    assert markup.render(command.help).plain == command.help
    for parameter in command.params:
        if parameter.param_type_name == "option":
            assert parameter.help, f"{name} {parameter.name}"
            assert markup.render(parameter.help).plain == parameter.help


@pytest.mark.parametrize("name", [name for name, each in commands() if hasattr(each, "commands")])
def test_a_list_of_commands_has_a_paragraph_for_each(name: str) -> None:
    """Rich keeps the line breaks of what it is given."""
    group = dict(commands())[name]
    for each in group.commands.values():
        assert each.short_help
        assert each.short_help == " ".join(each.help.split("\n\n")[0].split())


# What these print is no report: they serve, talk while they work, or give a file as it is.
_NO_REPORT = {"init", "demo", "preview", "web", "worker", "list form", "subscriber export"}


def test_every_command_that_reports_does_so_as_json() -> None:
    verbs = {name.removeprefix("mailer "): each for name, each in commands() if each.callback}
    verbs = {name: each for name, each in verbs.items() if not hasattr(each, "commands")}
    plain = {
        name
        for name, each in verbs.items()
        if not any("--json" in parameter.opts for parameter in each.params)
    }
    assert plain == _NO_REPORT


@pytest.mark.parametrize(
    "words",
    [
        ("issue", "list"),
        ("issue", "check", JANUARY),
        ("issue", "approve", JANUARY),
        ("issue", "approve", JANUARY, "--show"),
        ("issue", "diff", JANUARY),
        ("issue", "review"),
        ("issue", "review", JANUARY, "--to", "bob@example.org"),
        ("issue", "correct", JANUARY, "--note", "A slip."),
        ("issue", "links"),
        ("item", "add", "https://example.org/b", "--title", "B"),
        ("item", "list"),
        ("item", "list", "--proposed"),
        ("list", "show", "monthly"),
        ("list", "all"),
        ("segment", "create", "some", "sample 1"),
        ("segment", "all"),
        ("attribute", "all"),
        ("subscriber", "show", "ann@example.org"),
        ("dispatch", "list"),
        ("dispatch", "status"),
        ("dispatch", "copies", "1"),
        ("dispatch", "log"),
        ("db", "check"),
        ("dkim", "new"),
        ("dkim", "list"),
        ("doctor",),
        ("send", JANUARY, "--yes"),
    ],
    ids=" ".join,
)
def test_every_report_is_one_json_document(
    mailer: Command, sent: Path, words: tuple[str, ...]
) -> None:
    """On stdout alone; what is for people goes to stderr."""
    answer = mailer(*words, "--json")
    assert answer.status == 0, answer.err
    json.loads(answer.out)


def test_what_was_done_is_json_too(mailer: Command, news: Path, tmp_path: Path) -> None:
    """Who was meant, and what came of it."""

    def done(*words: str) -> dict[str, Any]:
        answer = mailer(*words, "--json")
        assert answer.status == 0, answer.err
        document: dict[str, Any] = json.loads(answer.out)
        return document

    eve, bob = "eve@example.org", "bob@example.org"
    person, one = {"email": bob, "list": "monthly"}, {"subject": eve, "list": None}
    added = done("subscriber", "add", bob)
    assert added == {**person, "became": "added", "reason": None}
    asked = done("subscriber", "invite", "--limit", "5")
    assert asked == {"list": "monthly", "asked": 1, "waiting": 0}
    edited = done("subscriber", "edit", bob, "--set", "city=Ulm")
    assert edited["changes"] == [{"field": "city", "before": None, "after": "Ulm"}]
    left = done("subscriber", "unsubscribe", bob, "--list", "monthly")
    assert left == {**person, "ended": 1}
    suppressed = done("subscriber", "suppress", eve)
    assert suppressed == {**one, "reason": "manual", "new": True}
    assert done("subscriber", "unsuppress", eve) == {**one, "lifted": "manual"}
    assert done("list", "create", "weekly")["name"] == "weekly"
    defined = done("attribute", "define", "age", "--kind", "number")
    assert defined == {"name": "age", "kind": "number", "choices": [], "misfits": 0}
    assert done("attribute", "drop", "age") == {"name": "age", "dropped": True}
    done("segment", "create", "some", "sample 1")
    assert done("segment", "drop", "some") == {"name": "some", "dropped": True}
    assert done("relay", "drain", "relay") == {"name": "relay", "drained": True, "left": 0}
    assert done("relay", "restore", "relay")["changed"] is True
    new = done("issue", "new", "2021-02")
    assert new == {"file": str(news / "issues" / "2021-02.md")}
    rendered = done("issue", "render", JANUARY, "--out", str(tmp_path))
    assert str(tmp_path / "2021-01.html") in rendered["files"]
    done("db", "upgrade")


def test_a_list_is_made_without_counting_anybody(mailer: Command, news: Path) -> None:
    with asked() as statements:
        made = json.loads(mailer("list", "create", "weekly", "--json").out)
    assert made == json.loads(mailer("list", "show", "weekly", "--json").out)
    assert not any("subscriptions" in statement for statement in statements)


@pytest.mark.parametrize(
    "words",
    [
        ("issue", "new", "2021-02"),
        ("issue", "list"),
        ("issue", "check", JANUARY),
        ("issue", "approve", JANUARY),
        ("issue", "diff", JANUARY),
        ("issue", "review", JANUARY),
        ("issue", "review", JANUARY, "--withdraw"),
        ("issue", "review", JANUARY, "--to", "bob@example.org"),
        ("issue", "correct", JANUARY, "--note", "A slip."),
        ("list", "create", "weekly"),
        ("list", "show", "monthly"),
        ("list", "all"),
        ("segment", "create", "some", "sample 1"),
        ("segment", "all"),
        ("attribute", "define", "age", "--kind", "number"),
        ("attribute", "drop", "age"),
        ("attribute", "all"),
        ("subscriber", "show", "ann@example.org"),
        ("subscriber", "unsubscribe", "ann@example.org"),
        ("dispatch", "list"),
        ("dispatch", "status"),
        ("dispatch", "copies", "1"),
        ("dispatch", "log"),
        ("dispatch", "resolve", "1", "--assume-sent"),
        ("db", "upgrade"),
        ("db", "check"),
        ("dkim", "list"),
        ("doctor",),
    ],
    ids=" ".join,
)
def test_every_command_says_what_to_do_next(
    mailer: Command, sent: Path, words: tuple[str, ...]
) -> None:
    """The last line on stderr, to be pasted: with -C where this one had it."""
    answer = mailer(*words)
    assert answer.status == 0, answer.err
    last = answer.err.splitlines()[-1]
    assert last.startswith("next: ")
    assert last.count("`mailer ") == last.count(f"`mailer -C {sent} ")


def test_a_rendered_issue_is_three_files_and_its_pictures(
    mailer: Command, news: Path, tmp_path: Path
) -> None:
    """<slug>.html, .txt, .eml; the HTML finds its pictures beside it."""
    out = tmp_path / "out"
    assert mailer("issue", "render", JANUARY, "--out", str(out)).status == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "2021-01.eml",
        "2021-01.html",
        "2021-01.txt",
    ]
    assert "Hello reader." in (out / "2021-01.txt").read_text(encoding="utf-8")


def test_a_new_issue_is_refused_by_send_until_it_is_written(mailer: Command, news: Path) -> None:
    """Its TODOs are errors, and of what stands there already nothing is to be mended."""
    new = mailer("issue", "new", "2021-02")
    assert new.err.endswith(" issue check issues/2021-02.md`\n")
    checked = mailer("issue", "check", "issues/2021-02.md")
    assert checked.status == 1
    rules = {line.rpartition("(")[2] for line in checked.out.splitlines() if "(" in line}
    assert rules == {"left-over)", "preheader-missing)"}
    assert mailer("send", "issues/2021-02.md", "--yes").status == 1
    assert mailer("dispatch", "list", "--json").out.strip() == "[]"


def test_findings_have_their_five_fields(mailer: Command, news: Path) -> None:
    """severity, rule, where (file:line), message, mend."""
    mailer("issue", "new", "2021-02")
    found = json.loads(mailer("issue", "check", "issues/2021-02.md", "--json").out)
    assert found
    for finding in found:
        assert finding.keys() == {"severity", "rule", "where", "message", "mend"}
        assert (
            finding["where"].startswith("issues/2021-02.md")
            or "issues/2021-02.md" in finding["where"]
        )


def test_a_dry_run_writes_nothing(mailer: Command, news: Path) -> None:
    """It says date, count, subject, list and relay."""
    answer = mailer("send", JANUARY, "--dry-run")
    assert answer.status == 0
    for word in ("1 copy", "“January”", "monthly", "folder"):
        assert word in answer.err
    assert mailer("dispatch", "list", "--json").out.strip() == "[]"
    assert not (news / "copies").exists()


def test_a_dispatch_that_has_ended_stays_so(mailer: Command, news: Path) -> None:
    """It cannot be paused, resumed or cancelled."""
    mailer("send", JANUARY, "--yes")
    for verb in ("pause", "resume", "cancel"):
        answer = mailer("dispatch", verb, "1")
        assert answer.status == 2
        assert "dispatch 1 is finished" in answer.err


def test_a_dispatch_is_paused_resumed_and_cancelled(mailer: Command, news: Path) -> None:
    """A paused one sends nothing, a resumed one goes on, a cancelled one never does."""
    block = news / "copies"
    block.write_text("", encoding="utf-8")  # a file where the folder should be
    assert mailer("send", JANUARY, "--yes").status == 1
    assert mailer("dispatch", "resume", "1").status == 0
    paused = json.loads(mailer("dispatch", "pause", "1", "--json").out)
    assert (paused["state"], paused["counts"]["planned"]) == ("paused", 1)
    refused = mailer("send", JANUARY, "--yes")
    assert refused.status == 2
    assert (
        f"is paused: by the editor: `mailer -C {news} dispatch resume 1` and send again"
        in refused.err
    )
    block.unlink()
    unsure = mailer("dispatch", "cancel", "1")
    assert unsure.status == 2
    assert "nobody is there to be asked: add --yes" in unsure.err
    cancelled = json.loads(mailer("dispatch", "cancel", "1", "--yes", "--json").out)
    assert cancelled["state"] == "cancelled"
    assert mailer("dispatch", "cancel", "1").status == 0
    assert '"skipped": 1' in mailer("dispatch", "status", "--json").out
    nothing = mailer("send", JANUARY, "--yes")
    assert nothing.status == 0
    assert "1 joined since or were not reached: add --late" in nothing.err
    assert not block.exists()
    assert mailer("send", JANUARY, "--late", "--yes").status == 0
    again = mailer("send", JANUARY, "--late", "--yes")
    assert again.status == 0
    assert "everybody on the list has this issue" in again.err
    assert len(list(block.iterdir())) == 1


def test_what_is_uncertain_is_resolved_by_the_editor(mailer: Command, news: Path) -> None:
    """--resend plans it again, --assume-sent takes it for sent."""
    mailer("send", JANUARY, "--yes")
    database = sqlite3.connect(news / "mailer.db")

    def doubt() -> None:
        database.execute("UPDATE deliveries SET state = 'uncertain'")
        database.execute("UPDATE shards SET sent = 0, planned = 0, uncertain = 1")
        database.execute("UPDATE dispatches SET state = 'open', finished_at = NULL")
        database.commit()

    doubt()
    waiting = mailer("send", JANUARY, "--yes")
    assert waiting.status == 1
    assert "dispatch resolve 1 --resend" in waiting.err
    assert mailer("dispatch", "resolve", "1", "--resend").status == 0
    assert mailer("send", JANUARY, "--yes").status == 0
    doubt()
    resolved = json.loads(mailer("dispatch", "resolve", "1", "--assume-sent", "--json").out)
    assert (resolved["state"], resolved["resolved"], resolved["to"]) == ("finished", 1, "sent")
    database.close()


def test_what_would_be_done_is_json_too(mailer: Command, news: Path) -> None:
    """--dry-run --json is one document; so is a test copy's outcome."""
    told = json.loads(mailer("send", JANUARY, "--dry-run", "--json").out)
    assert told["copies"] == 1
    assert told["list"] == "monthly"
    tested = json.loads(mailer("send", JANUARY, "--test", "me@example.org", "--json").out)
    assert [row["outcome"] for row in tested] == ["sent"]


def test_a_test_copy_shows_the_name_of_what_its_reader_lacks(mailer: Command, news: Path) -> None:
    """A blank attribute is none."""
    file = news / "issues" / "2021-01.md"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("A paragraph.", "Hi {{ nick }}, {{ town }}."), encoding="utf-8")
    added = ("subscriber", "add", "bob@example.org", "--set", "nick=", "--set", "town=  Ulm ")
    assert mailer(*added).status == 0
    assert mailer("send", JANUARY, "--test", "bob@example.org").status == 0
    (copy,) = (news / "copies").rglob("*.eml")
    text = email.message_from_bytes(copy.read_bytes(), policy=modern).get_body(("plain",))
    assert text is not None
    assert "Hi [nick], Ulm." in text.get_content()


def test_an_import_that_is_only_tried_writes_nothing(mailer: Command, news: Path) -> None:
    """The same report, and an empty list after it."""
    file = news / "readers.csv"
    file.write_text("email,first_name\nbob@example.org,Bob\n", encoding="utf-8")
    words = ("subscriber", "import", str(file), "--confirmed", "a form", "--json")
    tried = json.loads(mailer(*words, "--dry-run").out)
    counts = {"read": 1, "added": 1, "updated": 0, "unchanged": 0, "skipped": 0, "errors": []}
    assert tried.items() >= counts.items()
    assert mailer("subscriber", "show", "bob@example.org").status == 2
    assert json.loads(mailer(*words).out) == tried
    assert mailer("subscriber", "show", "bob@example.org").status == 0


def test_a_link_key_is_for_its_owner_alone(news: Path) -> None:
    """secrets.toml is 0600 and ignored by git."""
    assert (news / "secrets.toml").stat().st_mode & 0o777 == 0o600
    assert "secrets.toml" in (news / ".gitignore").read_text(encoding="utf-8")
