"""SIGKILL at every system call of a send that matters, and what the same command makes of it."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pytest
import slowly
from program import Program
from soak.books import Books, books
from soak.points import CALLS, Point, points, spread, watched
from soak.sink import Sink
from soak.warm import Warm

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
def template(tmp_path: Path) -> Program:
    """A publication whose sends go over one connection, so that they are alike."""
    return slowly.publication(tmp_path, NOWHERE, READERS, connections=1)


def copied(template: Program, folder: Path, sink: Sink) -> Path:
    shutil.copytree(template.folder, folder)
    Program(folder).configure(NOWHERE, sink.url)
    return folder


def passed(template: Program, folder: Path) -> list[Point]:
    """The points of a send that nobody disturbs."""
    trace = folder / "trace"
    with Sink() as sink, Warm(folder / "first.log") as warm:
        done = warm.run(copied(template, folder / "first", sink), *_SEND, under=watched(trace))
    assert done.returncode == 0, done.said
    return points(trace)


def killed_at(template: Program, warm: Warm, point: Point) -> tuple[bool, Books]:
    """Whether the send was killed there, and how things stand after the same command again: each
    copy sent or, one at most where it was killed, uncertain."""
    with Sink() as sink:
        folder = copied(template, template.folder.with_name(f"{point.call}-{point.number}"), sink)
        first = warm.run(folder, *_SEND, under=point.kill)
        again = warm.run(folder, *_SEND)
        found = books(folder, sink, READERS)
        shutil.rmtree(folder)
    killed = first.returncode == -signal.SIGKILL
    found.require_kept(uncertain=int(killed))
    assert again.returncode == (3 if found.uncertain else 0), (point, again.said)
    return killed, found


def killed_at_each(template: Program, log: Path, chosen: Sequence[Point]) -> list[Death]:
    with Warm(log) as warm:
        return [Death(point, *killed_at(template, warm, point)) for point in chosen]


def sweep(template: Program, chosen: Sequence[Point]) -> list[Death]:
    logs = [template.folder.with_name(f"{number}.log") for number in range(_AT_ONCE)]
    shares = [chosen[number::_AT_ONCE] for number in range(_AT_ONCE)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return [*chain(*pool.map(partial(killed_at_each, template), logs, shares))]


@pytest.mark.soak
def test_killed_at_any_call_the_same_command_ends_the_work(
    template: Program, tmp_path: Path
) -> None:
    """At least 300 points: silently lost 0, sent twice 0, uncertain at most 1."""
    deaths = sweep(template, spread(passed(template, tmp_path), 330))
    for call in CALLS:
        of_call = [death for death in deaths if death.point.call == call and death.killed]
        uncertain = sum(death.books.uncertain for death in of_call)
        print(f"| `{call}` | {len(of_call)} | {uncertain} | 0 | 0 |")
    assert sum(death.killed for death in deaths) >= 300


@pytest.mark.slow
def test_killed_at_a_dozen_calls_the_same_command_ends_the_work(
    template: Program, tmp_path: Path
) -> None:
    """The short form: points from the first write to the last answer."""
    deaths = sweep(template, spread(passed(template, tmp_path), 12))
    assert sum(death.killed for death in deaths) >= 10
