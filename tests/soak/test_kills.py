"""SIGKILL at random moments of a large send, again and again, and a relay that drops answers."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
import slowly
from program import Program
from slowly import JANUARY
from soak.books import Books, books
from soak.sink import Sink

READERS = 2000
CONNECTIONS = 20
DROP_EVERY = 150  # final dots


def killed(program: Program, sink: Sink, moments: random.Random, kills: int) -> int:
    """Kill that many sends, each after some more copies; the number that were still running."""
    struck = 0
    for _ in range(kills):
        process = program.start("send", JANUARY, "--yes")
        sink.until(sink.taken.total() + moments.randint(1, READERS // 15), process)
        time.sleep(moments.uniform(0, 0.01))
        struck += process.poll() is None
        process.kill()
        process.communicate()
    return struck


def through(folder: Path, seed: int, kills: int) -> Books:
    """A send to its end in spite of all that; what it leaves is held against the promise."""
    moments = random.Random(seed)  # noqa: S311 - repeatable, not secret
    with Sink(DROP_EVERY) as sink:
        program = slowly.publication(folder, sink.url, READERS, CONNECTIONS)
        struck = killed(program, sink, moments, kills)
        program.run("send", JANUARY, "--yes")
        found = books(program.folder, sink, READERS)
    allowed = struck * CONNECTIONS + sink.dropped
    print(
        f"| {seed} | {struck} | {sink.dropped} | {READERS - found.uncertain:,} | {found.uncertain} "
        f"| {allowed} | {len(found.lost)} | {len(found.twice)} |"
    )
    assert struck == kills
    found.require_kept(uncertain=allowed)
    return found


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(5))
def test_a_send_killed_ten_times_keeps_every_copy_in_one_state(tmp_path: Path, seed: int) -> None:
    """Silently lost 0, sent twice 0, uncertain at most one a connection and kill, and one for each
    answer that the relay dropped."""
    through(tmp_path, seed, kills=10)


@pytest.mark.slow
def test_a_send_killed_three_times_keeps_every_copy_in_one_state(tmp_path: Path) -> None:
    """The short form."""
    through(tmp_path, seed=0, kills=3)
