"""Bad input gets one clear line and the right exit status; nothing is half done."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import certificates
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

Command = Callable[..., Any]
JANUARY = "issues/2021-01.md"


def change(news: Path, old: str, new: str, file: str = "mailer.toml") -> None:
    text = (news / file).read_text(encoding="utf-8")
    assert old in text
    (news / file).write_text(text.replace(old, new), encoding="utf-8")


def lines(err: str) -> list[str]:
    return [line for line in err.splitlines() if line.startswith("mailer: ")]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Relay:
    """Refuses the recipient `bob`."""

    async def handle_RCPT(
        self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if address.startswith("bob@"):
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, *_words: Any) -> str:
        return "250 OK"


@contextmanager
def relay(**options: Any) -> Iterator[int]:
    port = free_port()
    controller = Controller(Relay(), hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def test_no_publication(mailer: Command) -> None:
    """A folder without mailer.toml: where to go, or how to make one."""
    answer = mailer("list", "all")
    assert answer.status == 2
    assert "no such file" in answer.err
    assert "mailer init DIR" in answer.err


def test_an_unknown_key(mailer: Command, news: Path) -> None:
    """A spelling mistake in mailer.toml is not passed over."""
    change(news, "timezone =", "time_zone =")
    answer = mailer("list", "all")
    assert answer.status == 2
    assert "publication.time_zone: unknown key" in answer.err


def test_front_matter_that_is_no_yaml(mailer: Command, news: Path) -> None:
    """The finding has the line; a send refuses."""
    change(news, 'title: "January"', 'title: "January', JANUARY)
    answer = mailer("issue", "check", JANUARY)
    assert answer.status == 1
    assert f"{JANUARY}:" in answer.out
    assert "error" in answer.out
    assert mailer("send", JANUARY, "--yes").status == 1


def test_an_unknown_list(mailer: Command, news: Path) -> None:
    """The known ones are named."""
    answer = mailer("send", JANUARY, "--list", "weekly", "--yes")
    assert answer.status == 2
    assert "weekly" in answer.err
    assert "monthly" in answer.err


def test_an_audience_of_nobody(mailer: Command, news: Path) -> None:
    """None sent is a failure, and the ledger stays empty."""
    mailer("list", "create", "weekly")
    answer = mailer("send", JANUARY, "--list", "weekly", "--yes")
    assert answer.status == 1
    assert "nobody to send to" in answer.err
    assert mailer("dispatch", "list", "--json").out.strip() == "[]"
    assert "no dispatch yet" in mailer("dispatch", "list").err


def test_a_malformed_row(mailer: Command, news: Path) -> None:
    """It is named with its number; the good rows are kept."""
    (news / "readers.csv").write_text("email\nbob@example.org\nnobody\n", encoding="utf-8")
    answer = mailer("subscriber", "import", str(news / "readers.csv"), "--confirmed", "a form")
    assert answer.status == 1
    assert "readers.csv: row 3: " in answer.err
    assert '"confirmed": 2' in mailer("list", "show", "monthly", "--json").out


def test_an_unreachable_relay(mailer: Command, news: Path) -> None:
    """One line, and the same command sends once the relay is back."""
    port = free_port()
    change(news, "folder:copies", f"smtp://127.0.0.1:{port}")
    answer = mailer("send", JANUARY, "--yes")
    assert answer.status == 1
    assert len(lines(answer.err)) == 1
    assert f"127.0.0.1:{port}" in answer.err
    change(news, f"smtp://127.0.0.1:{port}", "folder:copies")
    assert mailer("send", JANUARY, "--yes").status == 0


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it is loopback
def test_a_refused_login(mailer: Command, news: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own fault: the dispatch pauses and nobody fails."""
    refuse = {
        "authenticator": lambda *_words: AuthResult(success=False, handled=False),
        "auth_require_tls": False,
        "auth_required": True,
    }
    with relay(**refuse) as port:
        change(news, "folder:copies", f"smtp://ann@127.0.0.1:{port}")
        monkeypatch.setenv("MAILER_SMTP__PASSWORD", "wrong")
        answer = mailer("send", JANUARY, "--yes")
    assert answer.status == 1
    assert len(lines(answer.err)) == 1
    assert "paused" in answer.err
    assert '"failed": 0' in mailer("dispatch", "status", "--json").out
    again = mailer("send", JANUARY, "--yes")
    assert again.status == 2
    assert "dispatch resume 1" in again.err


def test_a_certificate_of_another_host(
    mailer: Command, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing leaves, nobody fails, and the same command sends once the relay has its own."""
    foreign = certificates.make(tmp_path, "foreign", "DNS:elsewhere.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(foreign.path))
    with relay(ssl_context=foreign.server_context()) as port:
        change(news, "folder:copies", f"smtps://127.0.0.1:{port}")
        answer = mailer("send", JANUARY, "--yes")
    assert answer.status == 1
    (line,) = lines(answer.err)
    assert "its certificate is not valid" in line
    assert "not valid for '127.0.0.1'" in line
    assert '"planned": 1' in mailer("dispatch", "status", "--json").out
    own = certificates.make(tmp_path, "own", "IP:127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(own.path))
    with relay(ssl_context=own.server_context()) as mended:
        change(news, f":{port}", f":{mended}")
        assert mailer("send", JANUARY, "--yes").status == 0


def failed(mailer: Command, news: Path, **options: Any) -> str:
    """Send to a relay of this kind: one copy is sent, and one fails, of which the send says why;
    the row of that one."""
    with relay(**options) as port:
        change(news, "folder:copies", f"smtp://127.0.0.1:{port}")
        answer = mailer("send", JANUARY, "--yes")
    assert answer.status == 0
    assert lines(answer.err) == []
    assert "1 sent, 1 failed of 2" in answer.err
    [why] = re.findall("^1 failed: (.+)$", answer.err, re.MULTILINE)
    _, row = mailer("dispatch", "copies", "1", "--state", "failed").out.splitlines()
    assert why in row
    return str(row)


def test_a_copy_that_is_over_the_relays_size(mailer: Command, news: Path) -> None:
    """That reader's fails, with both sizes; the other's goes."""
    name = "first_name=" + "Eve " * 2_000
    mailer("subscriber", "add", "eve@example.org", "--confirmed", "a form", "--set", name)
    row = failed(mailer, news, data_size_limit=20_000)
    assert "eve@example.org" in row
    assert re.search(r"5\.3\.4 the copy has \d\d,\d{3} octets and the relay takes 20,000", row)


def test_an_address_for_which_the_relay_lacks_smtputf8(mailer: Command, news: Path) -> None:
    """That reader's copy fails, and says why; the other's goes."""
    mailer("subscriber", "add", "jos\u00e9@example.org", "--confirmed", "a form")
    row = failed(mailer, news, enable_SMTPUTF8=False)
    assert "jos\u00e9@example.org" in row
    assert "5.6.7 the address is not ASCII and the relay does not offer SMTPUTF8" in row


def test_a_refused_recipient(mailer: Command, news: Path) -> None:
    """That delivery failed, with the relay's words; the others went on."""
    mailer("subscriber", "add", "bob@example.org", "--confirmed", "a form")
    row = failed(mailer, news)
    assert "bob@example.org" in row
    assert "5.1.1 No such user" in row


def test_a_database_that_is_none(mailer: Command, news: Path) -> None:
    """A damaged file is told, not shown as a traceback."""
    for suffix in ("", "-wal", "-shm"):
        (news / f"mailer.db{suffix}").unlink(missing_ok=True)
    (news / "mailer.db").write_bytes(b"this is no database at all" * 100)
    answer = mailer("list", "all")
    assert answer.status == 1
    assert lines(answer.err) == [f"mailer: {news}/mailer.db: file is not a database"]


def test_a_database_that_may_not_be_written(mailer: Command, news: Path) -> None:
    """Its turnstile cannot be passed: a folder stands where a lock should be."""
    for letter in "ab":
        lock = news / f"mailer.db.turn-{letter}"
        lock.unlink(missing_ok=True)
        lock.mkdir()
    answer = mailer("subscriber", "add", "x@example.org")
    assert answer.status == 1
    assert len(lines(answer.err)) == 1
    assert "mailer.db: cannot be written" in answer.err


def test_no_database_yet(mailer: Command, news: Path) -> None:
    """What to run is said, and does it."""
    (news / "mailer.db").unlink()
    answer = mailer("list", "all")
    assert answer.status == 1
    assert f"run `mailer -C {news} db upgrade`" in answer.err
    assert mailer("db", "upgrade").status == 0
    assert mailer("list", "all").status == 0


def test_lost_keys(mailer: Command, news: Path) -> None:
    """Without link keys every unsubscribe link would be dead: nothing is sent."""
    (news / "secrets.toml").unlink()
    answer = mailer("send", JANUARY, "--yes")
    assert answer.status == 2
    assert "no link keys" in answer.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("send", "issues/none.md"), "no such file"),
        (("send", JANUARY), "--yes"),
        (("send", JANUARY, "--yes", "--expect", "7"), "--expect 7: it is 1"),
        (("send", JANUARY, "ann@example.org"), "one word too many"),
        (("send", JANUARY, "--test", "nobody"), "nobody"),
        (("send", JANUARY, "--at", "noon"), "is no time"),
        (("send", JANUARY, "--at", "2099-12-01"), "lacks the time of day"),
        (("send", JANUARY, "--at", "2020-12-01 09:00"), "is past"),
        (("send", JANUARY, "--at", "2099-12-01 09:00", "--yes"), "no worker was seen"),
        (("send", JANUARY, "--at", "2099-12-01 09:00", "--queue"), "do not go together"),
        (("send", JANUARY, "--late", "--again"), "--late and --again do not go together"),
        (("item", "add", "example.org/a", "example.org/b", "--title", "T"), "name one URL"),
        (
            ("subscriber", "export", "--person", "ann@example.org", "--format", "csv"),
            "--person and --format do not go together",
        ),
        (
            ("subscriber", "export", "--person", "ann@example.org", "--list", "monthly"),
            "--person and --list do not go together",
        ),
        (("send", JANUARY, "--test", "a@example.org", "--queue"), "do not go together"),
        (("send", JANUARY, "--correct", "7", "--yes"), "no dispatch 7"),
        (("send", JANUARY, "--correct", "0"), "--correct"),
        (("send", JANUARY, "--again", "--yes"), "never had this issue"),
        (("issue", "check"), "Missing argument"),
        (("issue", "new", "../x"), "use letters, digits"),
        (("issue", "new", "2021-01"), "is there already"),
        (("issue", "diff", JANUARY), "nothing to compare with"),
        (("issue", "approve", "issues/none.md"), "no such file"),
        (("issue", "review", "--to", "bob@example.org"), "name the issue file too"),
        (("issue", "review", "--withdraw"), "name the issue file too"),
        (("issue", "review", JANUARY, "--to", "bob"), "bob"),
        (("issue", "review", JANUARY, "--to", "b@c.org", "--withdraw"), "--to and --withdraw"),
        (("issue", "correct", JANUARY), "Missing option"),
        (("issue", "correct", JANUARY, "--note", " "), "--note: it is empty"),
        (("issue", "correct", JANUARY, "--note", "x"), "neither sent nor published"),
        (("subscriber", "add", "no address"), "no address"),
        (("subscriber", "add", "x@example.org", "--set", "name"), "NAME=VALUE"),
        (("subscriber", "add", "x@example.org", "--set", "email=y"), "email"),
        (("subscriber", "show", "nobody@example.org"), "nobody@example.org"),
        (("dispatch", "status"), "no dispatch yet"),
        (("dispatch", "status", "7"), "no dispatch 7"),
        (("dispatch", "copies", "7"), "no dispatch 7"),
        (("dispatch", "log", "7"), "no dispatch 7"),
        (("dispatch", "report", "0"), "'0' is no dispatch"),
        (("dispatch", "report", "january"), "'january' is no dispatch"),
        (("dispatch", "report", str(2**63)), "is no dispatch: `mailer"),
        (("dispatch", "resolve", "7"), "one of --resend and --assume-sent"),
        (("dispatch", "copies", "1", "--state", "lost"), "use one of planned"),
        (("list", "create", "Monthly News"), "Monthly News"),
        (("list", "show", "weekly"), "weekly"),
        (("nonsense",), "nonsense"),
    ],
)
def test_wrong_usage_is_one_line_and_exits_with_2(
    mailer: Command, news: Path, words: tuple[str, ...], message: str
) -> None:
    """What was wrong is in the line; there is no traceback."""
    answer = mailer(*words)
    assert answer.status == 2
    assert message in answer.err
    assert len(lines(answer.err)) == 1
    assert "Traceback" not in answer.err


def test_init_writes_nothing_into_a_folder_in_use(mailer: Command, news: Path) -> None:
    """Somebody's publication is never overwritten."""
    before = (news / "mailer.toml").read_bytes()
    answer = mailer("init", str(news))
    assert answer.status == 2
    assert "not empty" in answer.err
    assert (news / "mailer.toml").read_bytes() == before


def test_init_fills_the_folder_where_one_is(
    mailer: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the same folder afterwards, and named after itself."""
    here = tmp_path / "my-news"
    here.mkdir()
    before = here.stat().st_ino
    monkeypatch.chdir(here)
    assert mailer("init", ".").status == 0
    assert here.stat().st_ino == before
    assert 'id = "my-news"' in (here / "mailer.toml").read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["my-news"]
    assert not list(here.glob(".my-news*"))


@pytest.mark.parametrize("more", [(), ("--example",)], ids=" ".join)
def test_init_names_the_folder_that_was_asked_for(
    mailer: Command, tmp_path: Path, more: tuple[str, ...]
) -> None:
    """A URL that is none leaves nothing behind, and no name that nobody gave."""
    answer = mailer("init", str(tmp_path / "other"), *more, "--url", "nonsense")
    assert answer.status == 2
    (line,) = lines(answer.err)
    assert line.startswith(f"mailer: {tmp_path}/other/mailer.toml: publication.url: ")
    assert list(tmp_path.iterdir()) == []


def test_the_example_is_where_its_readers_will_reach_it(mailer: Command, tmp_path: Path) -> None:
    given = ("--example", "--url", "https://digest.example.net")
    assert mailer("init", str(tmp_path / "news"), *given).status == 0
    shown = mailer("list", "show", "monthly", "--json").out
    assert '"list_id": "monthly.neurodigest.digest.example.net"' in shown


def test_a_read_only_folder_for_copies(mailer: Command, news: Path) -> None:
    """A file stands where the folder should be."""
    (news / "copies").write_text("", encoding="utf-8")
    answer = mailer("send", JANUARY, "--yes")
    assert answer.status == 1
    assert "name another folder" in answer.err


def test_a_file_name_that_is_no_text(mailer: Command, news: Path) -> None:
    """Half a character: the list shows it, the check asks for another name."""
    name = os.fsdecode(b"issues/entr\xe9e.md")
    (news / name).write_bytes((news / JANUARY).read_bytes())
    answer = mailer("issue", "check", name)
    assert answer.status == 1
    (line,) = lines(answer.err)
    assert line.endswith(
        r"issues/entr\udce9e.md': a name that cannot be shown or linked: rename it"
    )
    listed = mailer("issue", "list")
    assert listed.status == 0
    assert r"entr\udce9e.md" in listed.out


def test_a_command_that_an_error_names_can_be_pasted(mailer: Command, news: Path) -> None:
    """In the same folder, with a file's name in quotes where a shell needs them; a folder that is
    to become a publication is another one."""
    assert f"`mailer -C {news} send FILE` begins one" in mailer("dispatch", "status").err
    spaced = news / "issues" / "an issue.md"
    spaced.write_text("no front matter", encoding="utf-8")
    checked = f"`mailer -C {news} issue check '{spaced}'`"
    assert checked in mailer("issue", "approve", "issues/an issue.md").err
    (news / "mailer.toml").unlink()
    assert "`mailer init DIR`" in mailer("list", "all").err


def test_a_command_that_a_finding_names_can_be_pasted(mailer: Command, news: Path) -> None:
    issue = news / "issues" / "2021-01.md"
    block = "A paragraph.\n\n::: audience gold\nFor you.\n:::\n"
    issue.write_text(issue.read_text("utf-8").replace("A paragraph.\n", block), encoding="utf-8")
    answer = mailer("issue", "check", "issues/2021-01.md")
    assert f"`mailer -C {news} segment create gold …`" in answer.out
    assert "`mailer segment create gold …`" in mailer("issue", "check", "--json", str(issue)).out


def test_init_asks_for_what_is_still_lacking(mailer: Command, tmp_path: Path) -> None:
    """Who gave the URL need not set it again."""
    assert "set name, from, url and address" in mailer("init", str(tmp_path / "one")).err
    given = mailer("init", str(tmp_path / "two"), "--url", "https://news.example.org")
    assert "set name, from and address" in given.err
