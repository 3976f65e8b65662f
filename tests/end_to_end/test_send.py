"""500 readers get October's issue, each their own copy, once."""

from __future__ import annotations

import email
import email.policy
import re
import signal
import subprocess
import time
from collections import Counter
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from program import Program

from mailer.ops.catcher import Catcher, Caught

OCTOBER = "issues/2020-10.md"
CONNECTIONS = 10


class Outline(HTMLParser):
    """The headings and link targets of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[str] = []
        self.targets: set[str] = set()
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if re.fullmatch(r"h[1-6]", tag):
            self._inside = True
            self.headings.append("")
        target = dict(attrs).get("href") if tag == "a" else None
        if target and not target.startswith("#"):
            self.targets.add(target)

    def handle_endtag(self, tag: str) -> None:
        if re.fullmatch(r"h[1-6]", tag):
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.headings[-1] += data


def parsed(caught: Caught) -> EmailMessage:
    message = email.message_from_bytes(caught.content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def body(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    assert part is not None
    assert not part.defects
    return str(part.get_content())


def flat(text: str) -> str:
    return " ".join(text.split())


def recipients(catcher: Catcher) -> Counter[str]:
    return Counter(address for message in catcher.messages for address in message.recipients)


def until(catcher: Catcher, count: int, process: subprocess.Popen[str]) -> None:
    """Wait until so many were caught, or the sender is through."""
    while len(catcher.messages) < count and process.poll() is None:
        time.sleep(0.002)


ISSUE_PAGE = "https://news.example.org/issues/2020-10"


@pytest.mark.slow
def test_every_reader_gets_one_valid_personal_copy(program: Program, catcher: Catcher) -> None:
    """500 messages for 500 addresses; each with its own links, List-* fields as they must stand,
    lines under 998 octets, and a text part with every heading and link of the HTML."""
    status = program.json("send", OCTOBER, "--yes")
    assert status["counts"]["sent"] == status["total"] == 500
    assert set(recipients(catcher).values()) == {1}
    assert len(recipients(catcher)) == 500
    links = set()
    for caught in catcher.messages:
        assert all(len(line) < 998 for line in caught.content.split(b"\r\n"))
        head = caught.content.partition(b"\r\n\r\n")[0]
        found = re.search(rb"\r\nList-Unsubscribe: <(https?://[^>\s]+)>\r\n", head)
        assert found
        links.add(found[1])
        assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in head
        assert b"\r\nList-Id: " in head
    assert len(links) == 500
    for caught in catcher.messages[:: len(catcher.messages) // 10]:
        message = parsed(caught)
        outline, text = Outline(body(message, "html")), body(message, "plain")
        assert len(outline.headings) >= 18
        assert [h for h in outline.headings if flat(h) not in flat(text)] == []
        # The text itself is there: a link to a place in it has the address of its page alone.
        pages = [target.partition(f"{ISSUE_PAGE}#")[0] or ISSUE_PAGE for target in outline.targets]
        assert [page for page in pages if page not in text] == []


@pytest.mark.slow
def test_a_killed_send_loses_nothing_and_repeats_nothing(
    program: Program, catcher: Catcher
) -> None:
    """kill -9 three times in mid-send, then the same command: nobody gets two copies, who got
    none is shown as uncertain, and those are at most one a connection and kill."""
    kills = 3
    for kill in range(kills):
        process = program.start("send", OCTOBER, "--yes")
        until(catcher, 110 * (kill + 1), process)
        process.kill()
        process.communicate()
    done = program.run("send", OCTOBER, "--yes")
    status = program.json("dispatch", "status")
    counts = status["counts"]
    assert counts["sent"] + counts["uncertain"] == status["total"] == 500
    assert counts["uncertain"] <= kills * CONNECTIONS
    assert done.returncode == (3 if counts["uncertain"] else 0)
    got = recipients(catcher)
    assert set(got.values()) == {1}
    copies = {row["email"]: row["state"] for row in program.json("dispatch", "copies", "1")}
    assert {address for address, state in copies.items() if state == "sent"} <= got.keys()
    assert {address for address in copies if address not in got} <= {
        address for address, state in copies.items() if state == "uncertain"
    }


@pytest.mark.slow
def test_a_send_takes_over_from_another_that_is_killed(program: Program, catcher: Catcher) -> None:
    """Two at once, one killed with -9: the other ends the work, nobody gets two copies."""
    both = [program.start("send", OCTOBER, "--yes") for _ in range(2)]
    until(catcher, 150, both[0])
    both[0].kill()
    both[0].communicate()
    _, said = both[1].communicate(timeout=120)
    counts = program.json("dispatch", "status")["counts"]
    assert counts["sent"] + counts["uncertain"] == 500, said
    assert counts["uncertain"] <= CONNECTIONS
    assert both[1].returncode == (3 if counts["uncertain"] else 0)
    assert set(recipients(catcher).values()) == {1}
    assert len(recipients(catcher)) >= 500 - counts["uncertain"]


@pytest.mark.slow
def test_two_sends_at_once_share_the_work(program: Program, catcher: Catcher) -> None:
    """Whichever plans first, both take part, and nobody gets two copies."""
    both = [program.start("send", OCTOBER, "--yes") for _ in range(2)]
    ended = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], ended
    assert set(recipients(catcher).values()) == {1}
    assert len(recipients(catcher)) == 500


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_send_says_so_and_goes_on(
    program: Program, catcher: Catcher, number: signal.Signals
) -> None:
    """Exit status 3 with work left, nothing uncertain; the same command ends it with 0."""
    process = program.start("send", OCTOBER, "--yes")
    until(catcher, 50, process)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 3, said
    status = program.json("dispatch", "status")
    assert status["counts"]["uncertain"] == status["counts"]["sending"] == 0
    assert 50 <= status["counts"]["sent"] < 500
    assert program.json("send", OCTOBER, "--yes")["counts"]["sent"] == 500
    assert set(recipients(catcher).values()) == {1}


@pytest.mark.slow
def test_a_finished_issue_mails_nobody_again(program: Program, catcher: Catcher) -> None:
    """Who joined since is named, and reached by --late alone."""
    program.ok("send", OCTOBER, "--yes")
    program.ok("subscriber", "add", "late@example.org", "--confirmed", "told us on the phone")
    again = program.run("send", OCTOBER, "--yes")
    assert again.returncode == 0
    assert "1 joined since or were not reached: add --late" in again.stderr
    assert len(catcher.messages) == 500
    program.ok("send", OCTOBER, "--late", "--yes")
    assert catcher.messages[500].recipients == ("late@example.org",)
    assert len(catcher.messages) == 501


@pytest.mark.slow
def test_a_changed_file_does_not_go_on(program: Program, catcher: Catcher) -> None:
    """While a dispatch is open, only the issue it began with is sent."""
    process = program.start("send", OCTOBER, "--yes")
    until(catcher, 50, process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    file = program.folder / OCTOBER
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("landlord", "landlady"), encoding="utf-8")
    refused = program.run("send", OCTOBER, "--yes")
    assert refused.returncode == 2
    assert "has changed since" in refused.stderr
    file.write_text(text, encoding="utf-8")
    assert program.run("send", OCTOBER, "--yes").returncode == 0
    assert not any(b"landlady" in message.content for message in catcher.messages)


@pytest.mark.slow
def test_test_copies_reach_only_whom_they_name(program: Program, catcher: Catcher) -> None:
    """ "[Test]" in the subject, a link that changes nothing, and nothing in the ledger."""
    program.ok("send", OCTOBER, "--test", "me@example.org", "you@example.org")
    assert recipients(catcher) == {"me@example.org": 1, "you@example.org": 1}
    assert str(parsed(catcher.messages[0])["Subject"]).startswith("[Test] ")
    assert program.json("dispatch", "list") == []
