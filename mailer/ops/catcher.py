"""A local mail catcher: an SMTP server on loopback that keeps what it gets and sends nothing on."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mailer.feedback.sources.door import BACKLOG, Door
from mailer.files import write_atomically
from mailer.listening import bound

HOST = "127.0.0.1"
_UNSAFE = re.compile(r"[^A-Za-z0-9.@+_-]+")
_NAME_SHOWN = 80  # characters of the recipient in a file's name


@dataclass(frozen=True, slots=True)
class Caught:
    """One message as it came over the wire (dots undoubled). `number` counts from 1."""

    number: int
    sender: str
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)
    at: dt.datetime

    @property
    def file_name(self) -> str:
        """Safe for any address: it begins with the number and holds no separator."""
        recipient = self.recipients[0] if self.recipients else ""
        return f"{self.number:05d}-{_UNSAFE.sub('_', recipient)[:_NAME_SHOWN]}.eml"


class Catcher:
    """Catches while its `with` block runs. With a folder, each message is in a file there before
    its sender gets the 250. Port 0 takes a free one.

    Entering raises MailerError where nothing can listen at the port.
    """

    def __init__(self, port: int = 0, folder: Path | None = None) -> None:
        self._port = port
        self._folder = folder
        self._messages: list[Caught] = []
        self._count = 0
        self._door: Door | None = None

    def __enter__(self) -> Self:
        taken = bound(
            HOST, self._port, "the mail catcher cannot listen there", "choose another port", BACKLOG
        )
        self._port = taken.getsockname()[1]
        self._door = Door(self, taken)
        self._door.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._door is not None:
            self._door.stop()
            self._door = None

    @property
    def port(self) -> int:
        return self._port

    @property
    def url(self) -> str:
        """As `[smtp] url` has it."""
        return f"smtp://{HOST}:{self._port}"

    @property
    def messages(self) -> tuple[Caught, ...]:
        """All that was caught so far, in the order of arrival."""
        return tuple(self._messages)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """aiosmtpd's hook for a whole message; the answer goes to the sender."""
        self._count += 1
        caught = Caught(
            self._count,
            (envelope.mail_from or "").removeprefix("<>"),
            tuple(envelope.rcpt_tos),
            bytes(envelope.original_content),
            dt.datetime.now(dt.UTC),
        )
        if self._folder is not None:
            path = self._folder / caught.file_name
            await asyncio.to_thread(write_atomically, path, caught.content)
        self._messages.append(caught)
        return f"250 2.0.0 Caught as number {caught.number}"
