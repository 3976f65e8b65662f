"""A second process that sifts what it is sent: `python -m subscribers.importing.hand`.

It ends with the process that started it, however that ends: its standard input is closed.
"""

from __future__ import annotations

import gc
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from subscribers.importing.rows import Source
from subscribers.importing.sifting import Chunk, Sifted, sift


@dataclass(frozen=True, slots=True)
class Hand:
    to: IO[bytes]
    from_: IO[bytes]

    def give(self, chunk: Chunk) -> None:
        """It reads all of a chunk before it answers: neither waits for the other to read."""
        _send(self.to, chunk)

    def take(self) -> Sifted:
        """What came of the chunk that it was given."""
        answer: Sifted = pickle.load(self.from_)  # noqa: S301 - ourselves
        return answer


@contextmanager
def hand(source: Source) -> Iterator[Hand]:
    words = (sys.executable, "-m", "subscribers.importing.hand")
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - ourselves
        if process.stdin is None or process.stdout is None:
            raise OSError("no pipes to a second process")
        _send(process.stdin, source)
        yield Hand(process.stdin, process.stdout)


def _send(stream: IO[bytes], what: object) -> None:
    pickle.dump(what, stream, pickle.HIGHEST_PROTOCOL)
    stream.flush()


def main() -> None:
    gc.disable()  # see `importer`
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us decides
    chunks, answers = sys.stdin.buffer, sys.stdout.buffer
    try:
        source: Source = pickle.load(chunks)  # noqa: S301 - ourselves
        while True:
            _send(answers, sift(source, pickle.load(chunks)))  # noqa: S301 - ourselves
    except (EOFError, BrokenPipeError):
        pass


if __name__ == "__main__":
    main()
