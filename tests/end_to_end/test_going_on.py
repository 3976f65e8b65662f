"""A send that is killed, stopped, or not alone; what the same command makes of it."""

from __future__ import annotations

import signal
import time
from collections import Counter
from pathlib import Path

import pytest
import slowly
from program import Program, Started
from slowly import EDITOR, JANUARY

from mailer.ops.catcher import Catcher

READERS = 200
CONNECTIONS = 10
SEND = ("send", JANUARY, "--yes")


@pytest.fixture
def crowd(tmp_path: Path, catcher: Catcher) -> Program:
    """A small publication with many readers; its relay is the catcher."""
    return slowly.publication(tmp_path, catcher.url, READERS, CONNECTIONS)


def got(catcher: Catcher) -> Counter[str]:
    """The copies of each reader."""
    caught = Counter(address for message in catcher.messages for address in message.recipients)
    del caught[EDITOR]
    return caught


def counts(program: Program) -> dict[str, int]:
    status = program.json("dispatch", "status")
    assert status["total"] == sum(status["counts"].values()) == READERS
    found: dict[str, int] = status["counts"]
    return found


def until(catcher: Catcher, count: int, process: Started) -> None:
    """Wait until so many were caught, or the sender is through."""
    while len(catcher.messages) < count and process.poll() is None:
        time.sleep(0.002)


@pytest.mark.slow
def test_a_killed_send_loses_nothing_and_repeats_nothing(crowd: Program, catcher: Catcher) -> None:
    """kill -9 three times in mid-send, then the same command: nobody gets two copies, who got
    none is shown as uncertain, and those are at most one a connection and kill."""
    kills = 3
    for kill in range(kills):
        process = crowd.start(*SEND)
        until(catcher, 40 * (kill + 1), process)
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    done = crowd.run(*SEND)
    now = counts(crowd)
    assert now["sent"] + now["uncertain"] == READERS
    assert now["uncertain"] <= kills * CONNECTIONS
    assert done.returncode == (3 if now["uncertain"] else 0)
    assert set(got(catcher).values()) == {1}
    copies = {row["email"]: row["state"] for row in crowd.json("dispatch", "copies", "1")}
    sent = {address for address, state in copies.items() if state == "sent"}
    assert sent <= got(catcher).keys()
    assert {address for address in copies if address not in got(catcher)} <= {
        address for address, state in copies.items() if state == "uncertain"
    }


@pytest.mark.slow
def test_a_send_takes_over_from_another_that_is_killed(crowd: Program, catcher: Catcher) -> None:
    """Two at once, one killed with -9: the other ends the work, nobody gets two copies."""
    both = [crowd.start(*SEND) for _ in range(2)]
    until(catcher, 60, both[0])
    both[0].kill()
    both[0].communicate()
    _, said = both[1].communicate(timeout=120)
    now = counts(crowd)
    assert now["sent"] + now["uncertain"] == READERS, said
    assert now["uncertain"] <= CONNECTIONS
    assert both[1].returncode == (3 if now["uncertain"] else 0)
    assert set(got(catcher).values()) == {1}
    assert len(got(catcher)) >= READERS - now["uncertain"]


@pytest.mark.slow
def test_two_sends_at_once_share_the_work(crowd: Program, catcher: Catcher) -> None:
    """Whichever plans first, both take part, and nobody gets two copies."""
    both = [crowd.start(*SEND) for _ in range(2)]
    ended = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], ended
    assert set(got(catcher).values()) == {1}
    assert len(got(catcher)) == READERS


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_send_says_so_and_goes_on(
    crowd: Program, catcher: Catcher, number: signal.Signals
) -> None:
    """Exit status 3 with work left, nothing uncertain; a changed file is refused while that is
    open, and the same command ends it with 0."""
    process = crowd.start(*SEND)
    until(catcher, 40, process)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 3, said
    now = counts(crowd)
    assert now["uncertain"] == now["sending"] == 0
    assert 40 <= now["sent"] < READERS
    file = crowd.folder / JANUARY
    file.write_text(slowly.ISSUE.replace("winter", "summer"), encoding="utf-8")
    refused = crowd.run(*SEND)
    assert refused.returncode == 2
    assert "has changed since" in refused.stderr
    file.write_text(slowly.ISSUE, encoding="utf-8")
    crowd.ok(*SEND)
    assert counts(crowd)["sent"] == READERS
    assert set(got(catcher).values()) == {1}
    assert not any(b"summer" in message.content for message in catcher.messages)


@pytest.mark.slow
def test_a_finished_issue_mails_nobody_again(crowd: Program, catcher: Catcher) -> None:
    """Who joined since is named, and reached by --late alone."""
    crowd.ok(*SEND)
    crowd.ok("subscriber", "add", "late@example.org", "--confirmed", "told us on the phone")
    again = crowd.run(*SEND)
    assert again.returncode == 0
    assert "1 joined since or were not reached: add --late" in again.stderr
    assert len(got(catcher)) == READERS
    crowd.ok("send", JANUARY, "--late", "--yes")
    assert got(catcher)["late@example.org"] == 1
    assert got(catcher).total() == READERS + 1
