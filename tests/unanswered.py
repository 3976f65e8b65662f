"""A line to PostgreSQL that breaks now and then between a commit and its answer."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from postgresql import Server

_COMMIT = b"COMMIT\0"  # as a query ends
COPIES = b"sending"  # in what writes results or marks
SHARDS = b"SET owner=$1"  # in what takes a shard
_PORT = 7


class Line:
    """Of the commits of transactions in which `of` was said every third one is done, and its answer
    lost, `times` in all."""

    def __init__(self, server: Server, folder: Path, times: int, of: bytes) -> None:
        self._there = str(server.folder / ".s.PGSQL.5432")
        self._times = times
        self._of = of
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / f".s.PGSQL.{_PORT}"))
        self._listener.listen()
        self._lock = threading.Lock()
        self._commits = 0
        self.lost = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with near, socket.socket(socket.AF_UNIX) as far:
            far.connect(self._there)
            back = threading.Thread(target=_copy, args=(far, near), daemon=True)
            back.start()
            said = b""
            while octets := _read(near):
                said += octets
                if said.endswith(_COMMIT):
                    if self._of in said and self._is_lost():
                        near.shutdown(socket.SHUT_RDWR)
                        far.sendall(octets)
                        break
                    said = b""
                far.sendall(octets)
            with contextlib.suppress(OSError):
                far.shutdown(socket.SHUT_WR)
            back.join()

    def _is_lost(self) -> bool:
        with self._lock:
            self._commits += 1
            lost = self._commits % 3 == 0 and self.lost < self._times
            self.lost += lost
            return lost


def _copy(here: socket.socket, there: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while octets := _read(here):
            there.sendall(octets)
    with contextlib.suppress(OSError):
        there.shutdown(socket.SHUT_RDWR)


def _read(here: socket.socket) -> bytes:
    try:
        return here.recv(1 << 16)
    except OSError:
        return b""


@contextlib.contextmanager
def unanswered(server: Server, url: str, times: int, of: bytes) -> Iterator[tuple[str, Line]]:
    """The URL of the same database by such a line."""
    with TemporaryDirectory(prefix="line-") as folder:
        line = Line(server, Path(folder), times, of)
        try:
            yield f"{url.partition('?')[0]}?host={folder}&port={_PORT}", line
        finally:
            line.close()
