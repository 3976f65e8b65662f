"""What the kernel sees of a send: no body leaves before its mark is on the disk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import slowly

from mailer.ops.catcher import Catcher

READERS = 60
_CALL = re.compile(
    r"(?P<thread>\d+) +(?:<\.\.\. )?(?P<name>\w+)"
    r"(?:\(\d+<(?P<file>(?:\\x..)*)>(?P<rest>.*)| resumed>.*)"
)
_OCTETS = re.compile(r'"((?:\\x..)*)"')


@dataclass(frozen=True)
class Call:
    """A system call as it began (`octets` are what it wrote) or as it ended."""

    name: str
    file: str
    octets: bytes
    ended: bool


def calls(trace: str) -> Iterator[Call]:
    files: dict[str, str] = {}
    for line in trace.splitlines():
        match = _CALL.fullmatch(line)
        if match is None:
            continue
        thread, name = match["thread"], match["name"]
        if match["file"] is None:  # a call that began in an earlier line
            yield Call(name, files[thread], b"", ended=True)
            continue
        files[thread] = plain(match["file"]).decode()
        written = _OCTETS.search(match["rest"])
        yield Call(name, files[thread], plain(written[1]) if written else b"", ended=False)
        if "<unfinished ...>" not in match["rest"]:
            yield Call(name, files[thread], b"", ended=True)


def plain(text: str) -> bytes:
    r"""What strace writes as \x41\x42."""
    return bytes.fromhex(text.replace("\\x", ""))


_MARKED = re.compile(rb"sending.{4,32}?(reader\d+@example\.org)", re.DOTALL)


def marked(page: bytes) -> set[str]:
    """Whose deliveries are `sending` on a page of the database: state and address lie in one row,
    with a few numbers between them."""
    return {found.decode() for found in _MARKED.findall(page)}


@pytest.mark.slow
def test_every_body_follows_the_fdatasync_that_covers_its_mark(
    tmp_path: Path, catcher: Catcher
) -> None:
    """Over several connections: the page that says `sending` is written to the log, the log is
    made durable, and only then does the first octet of that body leave."""
    program = slowly.publication(tmp_path, catcher.url, READERS, connections=10)
    trace = tmp_path / "trace"
    kept = ("-f", "-y", "-xx", "-s", "200000", "-e", "trace=pwrite64,fdatasync,sendto")
    program.ok("send", slowly.JANUARY, "--yes", under=("strace", *kept, "-o", str(trace)))
    written: set[str] = set()  # to the log, by the one thread that writes there
    durable: set[str] = set()
    bodies = []
    for call in calls(trace.read_text(encoding="utf-8")):
        if call.file.endswith("-wal") and call.name == "pwrite64":
            written |= marked(call.octets)
        elif call.file.endswith("-wal") and call.name == "fdatasync" and call.ended:
            durable |= written
        elif call.name == "sendto" and (to := re.search(rb"\r\nTo: (reader\S+)\r\n", call.octets)):
            bodies.append(to[1].decode())
            assert bodies[-1] in durable
    assert len(bodies) == len(set(bodies)) == READERS
