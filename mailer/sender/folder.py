"""The transport `folder`: one .eml file per copy, instead of sending it."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import deque
from pathlib import Path

from mailer.errors import RelayRefused
from mailer.files import write_atomically
from mailer.model.delivery import Envelope
from mailer.model.outcome import Deferred, Outcome, Reply, Sent
from mailer.sender.transport import Client, Lane

_LANES = 4
_LONGEST_ADDRESS = 100
_UNSAFE = re.compile(r"[^A-Za-z0-9@._+-]|^[.-]")
_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>\r\n]*>)", re.IGNORECASE | re.MULTILINE)


class FolderTransport:
    def __init__(self, folder: Path) -> None:
        self.name = f"folder {folder}"
        self.lanes = _LANES
        self._folder = folder

    async def open(self, client: Client) -> Lane:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RelayRefused(
                f"{self._folder}: cannot be used for copies: {error.strerror}: name another folder"
            ) from error
        return FolderLane(self._folder, client)


class FolderLane:
    """Files are written one after the other, in a thread."""

    def __init__(self, folder: Path, client: Client) -> None:
        self.good = True
        self._folder = folder
        self._client = client
        self._offered: deque[Envelope] = deque()
        self._writing: asyncio.Task[None] | None = None

    def offer(self, envelope: Envelope) -> None:
        self._offered.append(envelope)

    def hand_over(self) -> None:
        self._writing = asyncio.create_task(self._write(self._offered.popleft()))

    def withdraw(self) -> None:
        self._offered.clear()

    def drop(self) -> None:
        self.good = False

    async def close(self) -> None:
        self.drop()
        if self._writing is not None:
            await self._writing

    async def _write(self, envelope: Envelope) -> None:
        path = self._folder / file_name(envelope)
        outcome: Outcome = Sent(Reply(0, "", f"written to {path.name}"))
        try:
            await asyncio.to_thread(write_atomically, path, envelope.body)
        except OSError as error:
            outcome = Deferred(Reply(0, "", f"{path}: cannot be written: {error.strerror}"))
        if self.good:
            self._client.settled(outcome)


def file_name(envelope: Envelope) -> str:
    """The name of a copy's file: for a person the address, for uniqueness a hash.

    The hash covers the address and the Message-ID, which is the same on every attempt: a copy
    that is written twice is one file. No address can name a path or a hidden file.
    """
    address = _UNSAFE.sub("_", envelope.recipient)[:_LONGEST_ADDRESS]
    header, _, _ = envelope.body.partition(b"\r\n\r\n")
    found = _MESSAGE_ID.search(header)
    identity = envelope.recipient.encode() + b"\0" + (found[1] if found else envelope.body)
    return f"{address}-{hashlib.sha256(identity).hexdigest()[:16]}.eml"
