"""A second process that sifts what it is sent: `python -m subscribers.importing.hand`.

It ends with the process that started it, however that ends: its standard input is closed.
"""

from __future__ import annotations

import gc
import marshal
import pickle
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import starmap
from typing import IO, Any

from subscribers.importing.rows import Source
from subscribers.importing.sifting import Chunk, Sieve, Sifted
from subscribers.importing.table import Record

_LENGTH = 8  # octets


@dataclass(frozen=True, slots=True)
class Hand:
    to: IO[bytes]
    from_: IO[bytes]

    def give(self, chunk: Chunk) -> None:
        """It reads all of a chunk before it answers: neither waits for the other to read."""
        _send(self.to, list(map(tuple, chunk)))

    def take(self) -> Sifted:
        """What came of the chunk that it was given."""
        rows, faults, never, typos = _sent(self.from_)
        return Sifted(rows, faults, never, Counter(typos))


@contextmanager
def hand(source: Source) -> Iterator[Hand]:
    words = (sys.executable, "-m", "subscribers.importing.hand")
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - ourselves
        if process.stdin is None or process.stdout is None:
            raise OSError("no pipes to a second process")
        pickle.dump(source, process.stdin, pickle.HIGHEST_PROTOCOL)
        process.stdin.flush()
        yield Hand(process.stdin, process.stdout)


def _send(stream: IO[bytes], what: Any) -> None:
    """Rows are plain tuples, which `marshal` packs in a quarter of pickle's time."""
    packed = marshal.dumps(what)
    stream.write(len(packed).to_bytes(_LENGTH, "big"))
    stream.write(packed)
    stream.flush()


def _sent(stream: IO[bytes]) -> Any:
    """Raises EOFError where nobody sends any more."""
    length = int.from_bytes(stream.read(_LENGTH), "big")
    return marshal.loads(stream.read(length))  # noqa: S302 - ourselves


def main() -> None:
    gc.disable()  # see `garbage`
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us decides
    chunks, answers = sys.stdin.buffer, sys.stdout.buffer
    try:
        sieve = Sieve(pickle.load(chunks))  # noqa: S301 - ourselves
        while True:
            chunk = list(starmap(Record, _sent(chunks)))
            found = sieve.sift(chunk)
            _send(answers, (found.rows, found.faults, found.never, dict(found.typos)))
    except (EOFError, BrokenPipeError):
        pass


if __name__ == "__main__":
    main()
