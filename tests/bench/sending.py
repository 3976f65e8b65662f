"""A dispatch at the wire: beside Postfix's `smtp-source` and the standard library into one sink, at
a distance, and to a large audience. All mail stays on loopback."""

from __future__ import annotations

import json
import os
import smtplib
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from mailer.app import App
from mailer.desk import setup
from mailer.desk.composing import compose_file
from mailer.model.edition import Edition
from mailer.model.slot import fill
from subscribers.address import parse
from subscribers.admission import Entry
from subscribers.model import Consent, ConsentChange
from tests.bench import sink
from tests.bench.one_send import ISSUE
from tests.program import free_port

RUNS = 3
READERS = 20_000
FAR_READERS = 10_000
PEER_COPIES = 300
CONNECTIONS, FAR_CONNECTIONS = 20, 50
FAR = 0.02  # seconds to each reply
_CHUNK = 10_000
_CONSENT = Consent("a bench", "yes")


@dataclass(frozen=True)
class Rates:
    """Copies a second of ours and of each peer, and our CPU seconds per 1,000; `size` in octets."""

    ours: float
    source: float
    library: float
    cpu: float
    size: int


@dataclass(frozen=True)
class Large:
    """A dispatch to many: seconds to plan and to the first copy, resident octets at its end."""

    planned: float
    first: float
    rss: int


def publication(folder: Path, readers: int) -> App:
    """The example, with so many confirmed readers."""
    app = setup.init(folder, example=True)
    roster = app.store.roster(app.config.publication.list)
    now = app.now()
    for start in range(0, readers, _CHUNK):
        entries = [
            Entry(
                parse(f"reader{number}@example.org"),
                {"first_name": f"R{number}"},
                *(_CONSENT, ConsentChange.ADDED, now),
            )
            for number in range(start, min(readers, start + _CHUNK))
        ]
        roster.admit(entries, now)
    return app


def rates(folder: Path) -> Rates:
    """Into smtp-sink over 20 connections, one sender after the other, so that all have the same
    machine: medians."""
    app = publication(folder, READERS)
    _, edition = compose_file(app, folder / ISSUE).complete()
    with _smtp_sink() as port:
        size = int(_one_send(folder, port, CONNECTIONS)["size"])
        runs = [_run(folder, edition, port, size) for _ in range(RUNS)]
    ours, source, library, cpu = (statistics.median(each) for each in zip(*runs, strict=True))
    return Rates(ours, source, library, cpu, size)


def _run(folder: Path, edition: Edition, port: int, size: int) -> tuple[float, ...]:
    sent = _one_send(folder, port, CONNECTIONS)
    ours, cpu = sent["copies"] / sent["sent"], 1000 * sent["cpu"] / sent["copies"]
    return ours, _smtp_source(port, size), _with_smtplib(edition, port), cpu


def far(folder: Path) -> float:
    """Copies a second over 50 connections to a sink that takes 20 ms for each reply."""
    publication(folder, FAR_READERS)
    with sink.running(FAR) as port:
        runs = [_one_send(folder, port, FAR_CONNECTIONS) for _ in range(RUNS)]
    return statistics.median(run["copies"] / run["sent"] for run in runs)


def large(folder: Path, readers: int) -> Large:
    """Planned for all, and sent for a few seconds."""
    publication(folder, readers)
    with sink.running() as port:
        run = _one_send(folder, port, CONNECTIONS, "5")
    return Large(run["planned"], run["first"], int(run["rss"]))


def _one_send(folder: Path, port: int, connections: int, *more: str) -> dict[str, Any]:
    words = (sys.executable, "-m", "tests.bench.one_send", str(folder), str(port), str(connections))
    done = subprocess.run([*words, *more], check=True, stdout=subprocess.PIPE, text=True)
    spent: dict[str, Any] = json.loads(done.stdout)
    return spent


@contextmanager
def _smtp_sink() -> Iterator[int]:
    """Postfix's sink on a free port; as root it wants to be somebody else."""
    port = free_port()
    user = ("-u", "nobody") if os.geteuid() == 0 else ()
    process = subprocess.Popen((_tool("smtp-sink"), *user, f"127.0.0.1:{port}", "1000"))
    try:
        _until_open(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=60)


def _smtp_source(port: int, size: int) -> float:
    """The same number of messages of that size, over as many connections that stay open."""
    options = ("-d", "-s", str(CONNECTIONS), "-l", str(size), "-m", str(READERS))
    began = time.monotonic()
    subprocess.run((_tool("smtp-source"), *options, f"127.0.0.1:{port}"), check=True)
    return READERS / (time.monotonic() - began)


def _with_smtplib(edition: Edition, port: int) -> float:
    """An ordinary Python sender: one EmailMessage a reader, one connection."""
    began = time.monotonic()
    with smtplib.SMTP("127.0.0.1", port) as client:
        for message in _messages(edition):
            client.send_message(message)
    return PEER_COPIES / (time.monotonic() - began)


def _messages(edition: Edition) -> Iterable[EmailMessage]:
    for number in range(PEER_COPIES):
        values = {"first_name": f"R{number}", "unsubscribe_url": f"https://example.org/u/{number}"}
        message = EmailMessage()
        message["Subject"] = fill(edition.subject, values)
        message["From"] = edition.sender
        message["To"] = f"reader{number}@example.org"
        message.set_content(fill(edition.text, values))
        message.add_alternative(fill(edition.html, values), subtype="html")
        yield message


def _tool(name: str) -> str:
    return f"/usr/sbin/{name}"


def _until_open(port: int) -> None:
    client = smtplib.SMTP()
    for _ in range(200):
        try:
            client.connect("127.0.0.1", port)
        except OSError:
            time.sleep(0.05)
        else:
            client.quit()
            return
    raise RuntimeError("smtp-sink does not listen")
