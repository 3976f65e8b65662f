"""A second process that does with each thing it is sent what it was told to at its start:
`python -m subscribers.hand`.

It ends with the process that started it, however that ends: its standard input is closed.
"""

from __future__ import annotations

import gc
import marshal
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from subscribers.errors import HandLost

_LENGTH = 8  # octets

Act = Callable[[Any], Any]


def packed(what: Any) -> bytes:
    """What another process can be sent is plain: numbers, texts, octets, None, and tuples, lists
    and dicts of them. `marshal` packs those in a quarter of pickle's time."""
    return marshal.dumps(what)


@dataclass(frozen=True, slots=True)
class Hand:
    to: IO[bytes]
    from_: IO[bytes]

    def give(self, what: bytes) -> None:
        """Something `packed`. It reads all of it before it answers: neither waits for the other to
        read. Raises HandLost."""
        try:
            _send(self.to, what)
        except BrokenPipeError as error:
            raise HandLost from error

    def take(self) -> Any:
        """What came of that which it was given last. Raises HandLost."""
        try:
            return _sent(self.from_)
        except EOFError as error:
            raise HandLost from error


def is_worth_it() -> bool:
    """Whether there is a processor for it."""
    return len(os.sched_getaffinity(0)) > 1


@contextmanager
def hand(make: Callable[..., Act], *given: Any) -> Iterator[Hand]:
    """It does what `make(*given)` does, a function of a module and what can be pickled."""
    words = (sys.executable, "-P", "-m", "subscribers.hand")  # no module of the folder we are in
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - ourselves
        if process.stdin is None or process.stdout is None:
            raise OSError("no pipes to a second process")
        pickle.dump((make, given), process.stdin, pickle.HIGHEST_PROTOCOL)
        process.stdin.flush()
        try:
            yield Hand(process.stdin, process.stdout)
        finally:
            process.kill()  # it has nothing that could be lost
            process.wait()


def _send(stream: IO[bytes], what: bytes) -> None:
    stream.write(len(what).to_bytes(_LENGTH, "big"))
    stream.write(what)
    stream.flush()


def _sent(stream: IO[bytes]) -> Any:
    """Raises EOFError where nobody sends any more."""
    length = int.from_bytes(stream.read(_LENGTH), "big")
    return marshal.loads(stream.read(length))  # noqa: S302 - ourselves


def main() -> None:
    gc.disable()  # see `garbage`
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us decides
    given, answers = sys.stdin.buffer, sys.stdout.buffer
    try:
        make, arguments = pickle.load(given)  # noqa: S301 - ourselves
        act = make(*arguments)
        while True:
            _send(answers, packed(act(_sent(given))))
    except (EOFError, BrokenPipeError):
        pass


if __name__ == "__main__":
    main()
