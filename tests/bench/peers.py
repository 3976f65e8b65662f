"""Senders that others wrote, with the message that we send, into the sink that we send to."""

from __future__ import annotations

import asyncio
import json
import smtplib
import subprocess
import time
from collections.abc import Iterable, Iterator
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib

from mailer.model.edition import Edition
from mailer.model.slot import fill

_POOL = Path(__file__).parent.parent / "smtp_peers" / "pool.mjs"


def message(edition: Edition, number: int) -> EmailMessage:
    """A reader's copy, as the standard library makes it."""
    values = {"first_name": f"R{number}", "unsubscribe_url": f"https://example.org/u/{number}"}
    made = EmailMessage()
    made["Subject"] = fill(edition.subject, values)
    made["From"] = edition.sender
    made["To"] = f"reader{number}@example.org"
    made.set_content(fill(edition.text, values))
    made.add_alternative(fill(edition.html, values), subtype="html")
    return made


def with_smtplib(edition: Edition, port: int, copies: int) -> float:
    """Copies a second of an ordinary Python sender: one EmailMessage a reader, one connection."""
    began = time.monotonic()
    with smtplib.SMTP("127.0.0.1", port) as client:
        for number in range(copies):
            client.send_message(message(edition, number))
    return copies / (time.monotonic() - began)


def with_aiosmtplib(edition: Edition, port: int, connections: int, copies: int) -> float:
    """Copies a second over so many connections that stay open."""
    numbers = iter(range(copies))
    began = time.monotonic()
    asyncio.run(_each(edition, port, [numbers] * connections))
    return copies / (time.monotonic() - began)


async def _each(edition: Edition, port: int, shares: Iterable[Iterator[int]]) -> None:
    await asyncio.gather(*(_send(edition, port, numbers) for numbers in shares))


async def _send(edition: Edition, port: int, numbers: Iterator[int]) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        for number in numbers:
            await client.send_message(message(edition, number))


def with_nodemailer(edition: Edition, port: int, connections: int, copies: int) -> float:
    """Copies a second by its pool, in a process of its own; Node's start is not counted."""
    fields = {
        "from": edition.sender,
        "subject": fill(edition.subject, {}),
        "text": fill(edition.text, {}),
        "html": fill(edition.html, {}),
    }
    words = ("node", str(_POOL), str(port), str(connections), str(copies))
    done = subprocess.run(
        words, input=json.dumps(fields), stdout=subprocess.PIPE, text=True, check=True
    )
    return copies / float(done.stdout)
