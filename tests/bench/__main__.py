"""`make bench`: how fast it is, beside a peer in the same run. Medians of this machine.

    python -m tests.bench [PLOTS]

PLOTS is a folder for the pictures of docs/speed.md.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from mailer.app import App
from mailer.desk import setup
from mailer.desk.composing import compose_file
from mailer.desk.composition import Composition
from mailer.links import Links
from mailer.message.stencil import ListHeader, compile_stencil
from mailer.model.slot import fill
from mailer.sender.copies import CopyMaker
from tests.bench import (
    asking,
    farming,
    growing,
    leaving,
    moving,
    plot,
    previewing,
    sending,
    signing,
    starting,
)
from tests.newsroom import digest

RUNS = 7
COPIES = 4000
PEER_COPIES = 100
LENGTHS = (15, 60, 200)  # items
GOALS = {
    "compose": "150 ms",
    **{f"{items} items": "250 ms" for items in LENGTHS},
    "personalise": "20,000/s",
    "sign": "55 %",
    "sign twice": "",
    "send": "0.7 × source",
    "send: CPU": "60 ms",
    "× smtplib": "15",
    "× aiosmtplib": "",
    "× nodemailer": "5",
    "send, own sink": "",
    "send far": "1,800/s",
    "plan": "5 s, 120 MB",
    "leaving": "50 ms, 0.8",
    "import, SQLite": "40 s, 200 MB",
    "import, PostgreSQL": "40 s, 200 MB",
    "the same again": "40 s",
    "export": "15 s",
    "segment": "1.5 s",
    "segment, typed": "0.3 s",
    "show": "50 ms",
    "look at all": "",
    "audience": "200,000/s",
    "plan, PostgreSQL": "10 s",
    **{growing.name(rows): "as few; 50 ms" for rows in growing.ROWS},
    "two workers": "1.7 ×",
    "send, PostgreSQL": "0.4 × source",
    "200 a second": "196 to 210",
    "preview": "500 ms",
    "help": "400 ms",
    "list show": "350 ms",
    "issue list": "350 ms",
    "issue check": "800 ms",
}


def median(measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(RUNS))


def cpu(work: Callable[[], object]) -> float:
    """Seconds of this process's CPU time."""
    began = time.process_time()
    work()
    return time.process_time() - began


def maker_of(app: App, composition: Composition) -> CopyMaker:
    _, edition = composition.complete()
    stencil = compile_stencil(
        edition, ListHeader("monthly.example.org", "Monthly", "1:monthly:issue:news")
    )
    links: Links = app.links
    return CopyMaker(1, 1, stencil, "Monthly", links, "b@example.org", "example.org", app.now)


def personalise(maker: CopyMaker) -> None:
    token = bytes(16)
    for number in range(COPIES):
        maker.make(number, f"reader{number}@example.org", token, {"first_name": f"R{number}"})


def with_email_message(app: App, composition: Composition) -> None:
    """The peer: one EmailMessage a reader, as the standard library has it."""
    _, edition = composition.complete()
    for number in range(PEER_COPIES):
        values = {"first_name": f"R{number}", "unsubscribe_url": app.links.unsubscribe(bytes(16))}
        message = EmailMessage()
        message["Subject"] = fill(edition.subject, values)
        message["From"] = edition.sender
        message["To"] = f"reader{number}@example.org"
        message.set_content(fill(edition.text, values))
        message.add_alternative(fill(edition.html, values), subtype="html")
        message.as_bytes()


def composing_of(app: App, items: int) -> float:
    """CPU seconds for an issue of so many items."""
    file = app.folder / "issues" / f"{items}.md"
    file.write_text(digest(items), encoding="utf-8")
    return median(lambda: cpu(lambda: compose_file(app, file)))


def report(name: str, value: str, note: str) -> None:
    print(f"{name:<20}{value:>12}   goal {GOALS[name]:<13} {note}")


def report_sending(folder: Path, plots: Path | None) -> None:
    rates = sending.rates(folder / "near")
    if plots is not None:
        draw(rates, plots)
    report(
        *("send", f"{rates.times('source'):.2f} ×"),
        f"{rates.ours:,.0f}/s of {rates.size:,} octets; smtp-source -d {rates.source:,.0f}/s",
    )
    report("send: CPU", f"{rates.cpu * 1000:,.0f} ms", "per 1,000, kernel and all threads")
    report("× smtplib", f"{rates.times('smtplib'):.1f}", f"EmailMessage, {rates.smtplib:,.0f}/s")
    for peer in ("aiosmtplib", "nodemailer"):
        note = f"{getattr(rates, peer):,.0f}/s over as many connections"
        report(f"× {peer}", f"{rates.times(peer):.1f}", note)
    report("send, own sink", f"{rates.into_ours:,.0f}/s", "a sink that is faster than smtp-sink")
    far = sending.far(folder / "far")
    report("send far", f"{far:,.0f}/s", "50 connections, 20 ms to each reply")
    few, many = (sending.large(folder / f"{n}", n) for n in (100_000, 1_000_000))
    report(
        *("plan", f"{many.planned:.1f} s"),
        f"1,000,000 readers; first copies after {many.first:.1f} s; resident "
        f"{many.rss / 1e6:,.0f} MB, {(many.rss - few.rss) / 1e6:,.0f} more than for 100,000",
    )

    gone = leaving.measure(folder / "leaving")
    report(
        *("leaving", f"{gone.p99 * 1000:,.0f} ms"),
        f"99 % of {gone.requests:,} one-click POSTs, {leaving.RATE} a second beside a send (half: "
        f"{gone.median * 1000:,.0f} ms), which goes at {gone.beside / gone.alone:.2f} of its speed",
    )


def draw(rates: sending.Rates, plots: Path) -> None:
    named = {
        "mailer": rates.ours,
        "smtp-source -d": rates.source,
        "nodemailer, pool": rates.nodemailer,
        "aiosmtplib": rates.aiosmtplib,
        "EmailMessage + smtplib": rates.smtplib,
    }
    title = f"Copies a second, {rates.size:,} octets each, over {sending.CONNECTIONS} connections"
    (plots / "senders.svg").write_text(plot.bars(title, named, "/s"), encoding="utf-8")


def main(plots: Path | None = None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = setup.init(Path(folder) / "news", example=True)
        file = app.folder / "issues" / "2020-10.md"
        composition = compose_file(app, file)
        maker = maker_of(app, composition)
        maker.make(1, "reader@example.org", bytes(16), {})
        ours = COPIES / median(lambda: cpu(lambda: personalise(maker)))
        peer = PEER_COPIES / median(lambda: cpu(lambda: with_email_message(app, composition)))
        composing = median(lambda: cpu(lambda: compose_file(app, file)))
        lengths = {items: composing_of(app, items) for items in LENGTHS}
        raw, single, dual = signing.rates(maker)
        size = len(maker.make(1, "reader@example.org", bytes(16), {}).body)
    report("compose", f"{composing * 1000:,.0f} ms", "CPU, 15 items, read to checked edition")
    for items, seconds in lengths.items():
        note = f"CPU, read to checked edition; {seconds / items * 1000:.1f} ms an item"
        report(f"{items} items", f"{seconds * 1000:,.0f} ms", note)
    report("personalise", f"{ours:,.0f}/s", f"{size:,} octets; {ours / peer:,.0f} × EmailMessage")
    report("sign", f"{single:,.0f}/s", f"all cores; {single / raw:.0%} of bare RSA-2048")
    report("sign twice", f"{dual:,.0f}/s", "the same with Ed25519 beside it")
    with tempfile.TemporaryDirectory() as folder:
        report_sending(Path(folder), plots)
        saves = previewing.seconds(Path(folder) / "preview")
    of_people = (*moving.lines(), *asking.lines())
    for row in (*of_people, *growing.lines(growing.ROWS), *farming.lines()):
        report(*row)
    report("preview", f"{statistics.median(saves) * 1000:,.0f} ms", "from a save to every frame")
    for row in starting.lines():
        report(*row)


main(*map(Path, sys.argv[1:]))
