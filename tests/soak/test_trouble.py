"""A disk that fills, a database that somebody locks, a relay that restarts, a clock that jumps, a
second sender: each in the middle of a send, and with a kill on top."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
import slowly
from program import Program, Started
from slowly import JANUARY
from soak.books import books
from soak.clocks import at, clock
from soak.sink import Sink

pytestmark = pytest.mark.soak

READERS = 1000
CONNECTIONS = 10
SEND = ("send", JANUARY, "--yes")
LOCKED = 35.0  # seconds; a transaction waits for 30 before it says so


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as open_sink:
        yield open_sink


@pytest.fixture
def program(tmp_path: Path, sink: Sink) -> Program:
    return slowly.publication(tmp_path, sink.url, READERS, CONNECTIONS)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB."""
    if os.geteuid() != 0:
        pytest.fail("only root can mount a small disk: run `make soak` as root")
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", folder], check=True)


def require_kept(program: Program, sink: Sink, trouble: str, uncertain: int) -> None:
    """Print a row of the table, and hold what is left against the promise."""
    found = books(program.folder, sink, READERS)
    print(
        f"| {trouble} | {found.uncertain} | {uncertain} | {len(found.lost)} | {len(found.twice)} |"
    )
    found.require_kept(uncertain)


def until_said(process: Started, words: str) -> None:
    assert process.stderr is not None
    assert any(words in line for line in process.stderr), f"it never said {words!r}"


def fill(folder: Path) -> Path:
    """A file that leaves no octet free."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (64 * 1024, 1):
            with suppress(OSError):  # no space left on device
                while file.write(bytes(size)) == size:
                    pass
    return filler


def stands_still(sink: Sink) -> bool:
    """Nothing more is taken."""
    time.sleep(0.5)
    before = sink.taken.total()
    time.sleep(1)
    return sink.taken.total() == before


@pytest.mark.parametrize("kill", [False, True])
def test_a_full_disk(small_disk: Path, sink: Sink, kill: bool) -> None:
    """Nothing more leaves; it goes on by itself when there is room, and where it was killed
    meanwhile, by the same command."""
    program = slowly.publication(small_disk, sink.url, READERS, CONNECTIONS)
    process = program.start(*SEND)
    sink.until(READERS // 10, process)
    filler = fill(small_disk)
    until_said(process, "nothing is begun until that is mended")
    assert stands_still(sink)
    if kill:
        process.kill()
    filler.unlink()
    process.communicate(timeout=120)
    if kill:
        program.run(*SEND)
    require_kept(program, sink, f"disk full{', killed' * kill}", kill * CONNECTIONS)


@pytest.mark.parametrize("kill", [False, True])
def test_a_database_that_somebody_locks(program: Program, sink: Sink, kill: bool) -> None:
    process = program.start(*SEND)
    sink.until(READERS // 10, process)
    with closing(sqlite3.connect(program.folder / "mailer.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert stands_still(sink)
        if kill:
            process.kill()
        time.sleep(LOCKED)
        other.execute("ROLLBACK")
    process.communicate(timeout=120)
    if kill:
        program.run(*SEND)
    require_kept(program, sink, f"locked for 36 s{', killed' * kill}", kill * CONNECTIONS)


def test_a_relay_that_restarts(program: Program, sink: Sink) -> None:
    """Three times; what is deferred by that goes when it is due, hours later."""
    process = program.start(*SEND)
    for number in (1, 2, 3):
        sink.until(number * READERS // 5, process)
        sink.go_away()
        time.sleep(2)
        sink.come_back()
        if process.poll() is not None:  # a relay that is away ends a send
            process.communicate()
            process = program.start(*SEND)
    process.communicate(timeout=120)
    books(program.folder, sink, READERS).require_kept(uncertain=3 * CONNECTIONS, ended=False)
    program.run(*SEND, **at("+2h"))
    require_kept(program, sink, "relay restarts three times", 3 * CONNECTIONS)


@pytest.mark.parametrize("kill", [False, True])
def test_a_clock_that_jumps(program: Program, sink: Sink, tmp_path: Path, kill: bool) -> None:
    """Forward by a day and back by a month; where it is killed, it goes on a month earlier."""
    hands = tmp_path / "clock"
    hands.write_text("+0")
    moving = {"FAKETIME_TIMESTAMP_FILE": str(hands), "FAKETIME_NO_CACHE": "1"}
    process = Program(program.folder, {**clock(), **moving}).start(*SEND)
    for part, moment in enumerate(("+1d", "-30d", "+2h"), start=1):
        sink.until(part * READERS // 5, process)
        hands.write_text(moment)
    if kill:
        process.kill()
    process.communicate(timeout=120)
    if kill:
        program.run(*SEND, **at("-30d"))
    require_kept(program, sink, f"the clock jumps{', killed' * kill}", kill * CONNECTIONS)


@pytest.mark.parametrize("kill", [False, True])
def test_two_senders(program: Program, sink: Sink, kill: bool) -> None:
    """They share the work; where one is killed, the other or the next command ends it."""
    one, other = program.start(*SEND), program.start(*SEND)
    sink.until(READERS // 5, one)
    if kill:
        one.kill()
    for process in (one, other):
        process.communicate(timeout=120)
    program.run(*SEND)
    require_kept(program, sink, f"two senders{', one killed' * kill}", kill * CONNECTIONS)
