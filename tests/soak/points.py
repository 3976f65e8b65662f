"""Points of a program's life, told by its system calls: the third fdatasync, the fortieth recvfrom.

strace (Debian) counts the calls of each thread by itself, so a point is reached by the first thread
that comes so far.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

# What is written, made durable, locked, said and heard.
CALLS = ("pwrite64", "fdatasync", "flock", "sendto", "recvfrom", "connect", "openat", "unlink")
_CALL = re.compile(r"(\d+) +(\w+)\(")
_STRACE = ("strace", "-f", "-qq")


class Point(NamedTuple):
    call: str
    number: int

    @property
    def kill(self) -> Sequence[str]:
        """The strace that sends SIGKILL to the program as it enters this call."""
        what = f"inject={self.call}:signal=SIGKILL:when={self.number}"
        return (*_STRACE, "-o", "/dev/null", "-e", f"trace={self.call}", "-e", what)


def watched(trace: Path) -> Sequence[str]:
    """The strace that writes down what the program calls."""
    return (*_STRACE, "-o", str(trace), "-e", f"trace={','.join(CALLS)}")


def points(trace: Path) -> list[Point]:
    """All that were passed, in the order of `CALLS`."""
    counted = Counter[tuple[str, str]]()
    found: set[Point] = set()
    for line in trace.read_text(encoding="utf-8").splitlines():
        if (match := _CALL.match(line)) is None:
            continue
        thread, call = match.groups()
        counted[thread, call] += 1
        found.add(Point(call, counted[thread, call]))
    return sorted(found, key=lambda point: (CALLS.index(point.call), point.number))


def spread(all_points: Sequence[Point], count: int) -> list[Point]:
    """So many of them, evenly; all where there are fewer."""
    step = max(1.0, len(all_points) / count)
    return [all_points[int(step * number)] for number in range(min(count, len(all_points)))]
