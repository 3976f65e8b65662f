"""What a program that nobody watches has to say: a line for each event, for people or for machines.

A log is no place for people's addresses: none gets into a line.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

_PART = r"[^\s<>:;,()]"
# But for who logs in at a host, in the URL of a database or a relay: `//user@`, `:***@`.
_LOGIN = r"(?<=\w:)(?://[^\s/?#@]*@|\*{3}@)"
_ADDRESS = re.compile(f"(?<!{_PART})(?!{_LOGIN}){_PART}+@{_PART}+")

Value = int | str


class Form(StrEnum):
    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True)
class Log:
    """Call it with a line; it goes to stderr. `subject` is what all its lines are about: in text it
    stands before the line (`dispatch 3: …`), in JSON each of it is a field, and the moment one
    more."""

    form: Form
    clock: Callable[[], dt.datetime]
    subject: Mapping[str, Value] = field(default_factory=dict)

    def about(self, **subject: Value) -> Log:
        """The same log, for lines about something within what it is about."""
        return replace(self, subject={**self.subject, **subject})

    def __call__(self, line: str, **more: Value) -> None:
        """`more` is what only machines want to have apart: the line says it too."""
        said = without_addresses(line)
        written = self._json(said, more) if self.form is Form.JSON else self._text(said)
        sys.stderr.write(f"{written}\n")  # in one piece: threads log beside each other
        sys.stderr.flush()

    def _text(self, said: str) -> str:
        return "".join(f"{name} {value}: " for name, value in self.subject.items()) + said

    def _json(self, said: str, more: Mapping[str, Value]) -> str:
        at = self.clock().isoformat(timespec="milliseconds")
        document = {"at": at, **self.subject, **more, "message": said}
        return json.dumps(document, ensure_ascii=False)

    def take_in_others(self) -> None:
        """What libraries log, a web server's fault among it, becomes lines of this log."""
        logging.basicConfig(level=logging.WARNING, handlers=[_Lines(self)], force=True)


class _Lines(logging.Handler):
    """A record of the standard library's logging, its traceback included, as one line."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        self._log(text, logger=record.name, level=record.levelname.lower())


def without_addresses(line: str) -> str:
    """The line with every address of a person taken out."""
    return _ADDRESS.sub("(address)", line)
