"""Turns at writing, for SQLite: without them a busy sender starves everybody else."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FIRST, SECOND = ".turn-a", ".turn-b"  # behind the database's name
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0001, 0.005  # seconds between two looks at a lock
_SHARE = 0.05  # of the time waited so far: a lock that is free must not lie about


class Turnstile:
    """First come, first served, over processes and threads: flock A, flock B, release A; later
    release B. Whoever waits for B holds A, so a busy writer cannot overtake it. The kernel frees
    both at a holder's death.

    A lock belongs to an open file, so each passage has a pair of open files of its own; they are
    kept for the next one, and never used by a process that was forked off meanwhile.
    """

    def __init__(self, path: Path, seconds: float) -> None:
        self._a = path.with_name(path.name + FIRST)
        self._b = path.with_name(path.name + SECOND)
        self._seconds = seconds
        self._process = os.getpid()
        self._here = threading.Lock()  # whose turn it is to queue among this process's threads
        self._pairs: list[tuple[int, int]] = []

    @contextmanager
    def pass_through(self) -> Iterator[None]:
        """Raises TimeoutError where it is not our turn in time: a holder may be stopped."""
        pair = self._pair()
        try:
            self._queue(*pair)
            try:
                yield
            finally:
                fcntl.flock(pair[1], fcntl.LOCK_UN)
        finally:
            self._pairs.append(pair)

    def _queue(self, a: int, b: int) -> None:
        """Until B is ours. One thread at a time does so, since it looks again and again."""
        deadline = time.monotonic() + self._seconds
        if not self._here.acquire(timeout=self._seconds):
            raise TimeoutError(self._a)
        try:
            _lock(a, self._a, deadline)
            try:
                _lock(b, self._b, deadline)
            finally:
                fcntl.flock(a, fcntl.LOCK_UN)
        finally:
            self._here.release()

    def close(self) -> None:
        while self._pairs:
            for descriptor in self._pairs.pop():
                os.close(descriptor)

    def _pair(self) -> tuple[int, int]:
        if self._process != os.getpid():
            self.close()
            self._process, self._here = os.getpid(), threading.Lock()
        try:
            return self._pairs.pop()
        except IndexError:
            return _open(self._a), _open(self._b)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _lock(descriptor: int, path: Path, deadline: float) -> None:
    """Asking again and again, since flock knows no time limit; the turnstile keeps that fair."""
    began = time.monotonic()
    while not _try_lock(descriptor):
        now = time.monotonic()
        if now > deadline:
            raise TimeoutError(path)
        time.sleep(min(max(_FIRST_PAUSE, _SHARE * (now - began)), _LONGEST_PAUSE))


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
