"""Turns at writing, for SQLite: without them a busy sender starves everybody else."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.0001, 0.005, 1.3  # seconds between two looks at a lock


class Turnstile:
    """First come, first served, over processes and threads: flock A, flock B, release A; later
    release B. Whoever waits for B holds A, so a busy writer cannot overtake it. The kernel frees
    both at a holder's death.

    A lock belongs to an open file, so each passage has a pair of open files of its own; they are
    kept for the next one, and never used by a process that was forked off meanwhile.
    """

    def __init__(self, path: Path, seconds: float) -> None:
        self._a = path.with_name(path.name + ".turn-a")
        self._b = path.with_name(path.name + ".turn-b")
        self._seconds = seconds
        self._process = os.getpid()
        self._pairs: list[tuple[int, int]] = []

    @contextmanager
    def pass_through(self) -> Iterator[None]:
        """Raises TimeoutError where it is not our turn in time: a holder may be stopped."""
        pair = a, b = self._pair()
        deadline = time.monotonic() + self._seconds
        try:
            _lock(a, self._a, deadline)
            try:
                _lock(b, self._b, deadline)
            finally:
                fcntl.flock(a, fcntl.LOCK_UN)
            try:
                yield
            finally:
                fcntl.flock(b, fcntl.LOCK_UN)
        finally:
            self._pairs.append(pair)

    def close(self) -> None:
        while self._pairs:
            for descriptor in self._pairs.pop():
                os.close(descriptor)

    def _pair(self) -> tuple[int, int]:
        if self._process != os.getpid():
            self.close()
            self._process = os.getpid()
        try:
            return self._pairs.pop()
        except IndexError:
            return _open(self._a), _open(self._b)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _lock(descriptor: int, path: Path, deadline: float) -> None:
    """Asking again and again, since flock knows no time limit; the turnstile keeps that fair."""
    pause = _FIRST_PAUSE
    while not _try_lock(descriptor):
        if time.monotonic() > deadline:
            raise TimeoutError(path)
        time.sleep(pause)
        pause = min(_GROWTH * pause, _LONGEST_PAUSE)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
