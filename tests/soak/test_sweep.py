"""SIGKILL at every system call of a send that matters, and what the same command makes of it."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
import slowly
from soak.books import Books, books
from soak.points import CALLS, Point, points, spread, watched
from soak.sink import Sink
from warm import Warm

READERS = 12
NOWHERE = "smtp://127.0.0.1:1"
_SEND = ("send", slowly.JANUARY, "--yes")
_AT_ONCE = 2


class Death(NamedTuple):
    """A send that was to be killed at a point, and what was found at the end."""

    point: Point
    killed: bool
    books: Books


@pytest.fixture
def template(tmp_path: Path) -> Warm:
    """A publication whose sends go over one connection, so that they are alike."""
    return slowly.publication(tmp_path, NOWHERE, READERS, connections=1)


def copied(template: Warm, name: str, sink: Sink) -> Warm:
    made = Warm(template.folder.with_name(name))
    shutil.copytree(template.folder, made.folder)
    made.configure(NOWHERE, sink.url)
    return made


def passed(template: Warm) -> list[Point]:
    """The points of a send that nobody disturbs."""
    trace = template.folder.with_name("trace")
    with Sink() as sink:
        done = copied(template, "first", sink).traced(watched(trace), *_SEND)
    assert done.returncode == 0, done.stderr
    return points(trace)


def killed_at(template: Warm, point: Point) -> Death:
    """How things stand after the same command again: each copy sent or, one at most where it was
    killed, uncertain."""
    with Sink() as sink:
        program = copied(template, f"{point.call}-{point.number}", sink)
        first = program.traced(point.kill, *_SEND)
        again = program.run(*_SEND)
        found = books(program.folder, sink, READERS)
        shutil.rmtree(program.folder)
    killed = first.returncode == -signal.SIGKILL
    found.require_kept(uncertain=int(killed))
    assert again.returncode == (3 if found.uncertain else 0), (point, again.stderr)
    return Death(point, killed, found)


def sweep(template: Warm, chosen: Sequence[Point]) -> list[Death]:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return [*pool.map(partial(killed_at, template), chosen)]


@pytest.mark.soak
def test_killed_at_any_call_the_same_command_ends_the_work(template: Warm) -> None:
    """At least 300 points: silently lost 0, sent twice 0, uncertain at most 1."""
    deaths = sweep(template, spread(passed(template), 330))
    for call in CALLS:
        of_call = [death for death in deaths if death.point.call == call and death.killed]
        uncertain = sum(death.books.uncertain for death in of_call)
        print(f"| `{call}` | {len(of_call)} | {uncertain} | 0 | 0 |")
    assert sum(death.killed for death in deaths) >= 300


@pytest.mark.slow
def test_killed_at_a_dozen_calls_the_same_command_ends_the_work(template: Warm) -> None:
    """The short form: points from the first write to the last answer."""
    deaths = sweep(template, spread(passed(template), 12))
    assert sum(death.killed for death in deaths) >= 10
