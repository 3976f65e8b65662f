"""What a machine needs that is to send and to serve with nobody at its terminal. Other checks look
at the rest, and forgive what does no harm where somebody sits and watches."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

from mailer.app import App
from mailer.database.postgresql import FORSAKEN
from mailer.errors import DatabaseError
from mailer.ledger import clock, workers
from mailer.model.host import on_this_machine
from mailer.ops.doctor.check import Check, fault, ok, warning

_SKEW = 2.0  # seconds between two clocks that nobody notices
_OTHER_FILES = 100  # besides connections to relays: the database, pages, logs
_DURABLE, _MOST = ("fsync", "synchronous_commit", "full_page_writes"), "max_connections"
_MOUNTS = Path("/proc/self/mounts")
# On which locks or a shared write-ahead log cannot be trusted (https://sqlite.org/wal.html).
_SHARED = frozenset({"9p", "afs", "ceph", "cifs", "fuse.sshfs", "glusterfs", "nfs", "nfs4", "smb3"})


def check_deployment(app: App) -> Iterator[Check]:
    yield from check_user(os.geteuid())
    yield from check_files(app, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    yield from _check_publication(app)
    try:
        yield from _check_presence(app)
        yield from _check_database(app)
    except DatabaseError:  # told by another check
        return


def check_user(uid: int) -> Iterator[Check]:
    if uid == 0:
        yield warning("user", "root: let it run as a user of its own, who owns this folder")
    else:
        yield ok("user", f"number {uid}, not root")


def check_files(app: App, limit: int) -> Iterator[Check]:
    """Each connection to a relay is a file that is open."""
    connections = sum(relay.connections for relay in app.config.smtp.all_relays)
    needed = connections + _OTHER_FILES
    says = f"{limit:,} may be open at a time, {needed:,} are needed"
    if limit < needed:
        yield fault("files", f"{says}: raise LimitNOFILE= in the unit, or `ulimit -n`")
    else:
        yield ok("files", says)


def _check_publication(app: App) -> Iterator[Check]:
    publication = app.config.publication
    if any(relay.keeps_copies for relay in app.config.smtp.all_relays):
        yield fault(
            "relay", "copies go into a folder, and nowhere else: name a relay (docs/relays.md)"
        )
    url = urlsplit(publication.url)
    if on_this_machine(url.hostname or ""):
        yield fault("url", f"{publication.url}: no reader can follow it: set publication.url")
    elif url.scheme == "http":
        yield fault("url", f"{publication.url}: unencrypted: put TLS in front, set https://…")
    else:
        yield ok("url", publication.url)
    if publication.editor is None:
        yield warning("editor", "nobody is told when a dispatch pauses: set publication.editor")
    else:
        yield ok("editor", "is told when a dispatch pauses, and when it is through")


def _check_presence(app: App) -> Iterator[Check]:
    with app.database.read() as c:
        count = workers.count(c)
    if count:
        yield ok("worker", f"{count} at work")
    else:
        yield fault("worker", "none is at work: start `mailer worker` (docs/deploying.md)")


def _check_database(app: App) -> Iterator[Check]:
    database = app.database
    if database.is_sqlite:
        yield from check_mount(database.path, _MOUNTS.read_text(encoding="utf-8"))
        return
    with database.read() as c:
        here, there = app.now(), clock.now(c)
        yield from check_clock((here - there).total_seconds())
        said = {name: str(c.scalar(sa.text(f"SHOW {name}"))) for name in (*_DURABLE, _MOST)}
        taken = int(c.scalar(sa.text("SELECT count(*) FROM pg_stat_activity")) or 0)
    yield from check_server(said, taken)
    with database.write() as c:
        yield check_sessions(str(c.scalar(sa.text(f"SHOW {FORSAKEN}"))))


def check_mount(path: Path, mounts: str) -> Iterator[Check]:
    """`mounts` as the kernel tells them: device, place and kind of each, a line."""
    kind = _kind_of(path.resolve(), mounts)
    if kind in _SHARED:
        yield fault(
            "database",
            f"{path}: is on {kind}, whose locks SQLite cannot trust: put it on a disk of this "
            "machine, or use PostgreSQL",
        )
    else:
        yield ok("database", f"{path}: on {kind}")


def _kind_of(path: Path, mounts: str) -> str:
    """Of the file system on which the path is; of several the one nearest to it."""
    rows = (line.split()[1:3] for line in mounts.splitlines())
    around = [(len(place), kind) for place, kind in rows if path.is_relative_to(place)]
    return max(around, default=(0, "an unknown file system"))[1]


def check_clock(seconds: float) -> Iterator[Check]:
    """`seconds` by which this machine's clock is ahead of the database's."""
    says = f"{abs(seconds):.1f} s {'ahead of' if seconds > 0 else 'behind'} the database's"
    if abs(seconds) > _SKEW:
        yield warning("clock", f"{says}: dates of mails and links go by it: run an NTP client")
    else:
        yield ok("clock", says)


def check_server(said: dict[str, str], taken: int) -> Iterator[Check]:
    """PostgreSQL: what it says of its settings, and how many connections are taken."""
    careless = [name for name in _DURABLE if said[name] == "off"]
    if careless:
        yield fault(
            "server",
            f"{', '.join(careless)} is off: a crash would forget what was sent, and send it again: "
            "switch it on",
        )
    most = int(said[_MOST])
    says = f"{taken} of {most} connections taken"
    if taken > most * 0.8:
        yield warning("server", f"{says}: raise max_connections, or put PgBouncer in front")
    elif not careless:
        yield ok("server", f"commits are durable, {says}")


def check_sessions(forsaken: str) -> Check:
    """`forsaken`: how long the server bears with who is idle in a transaction that writes; every
    session of ours says that at its beginning."""
    if forsaken == "0":
        return warning(
            "sessions",
            "a sender that is cut off keeps what it has locked, since a pooler keeps our settings "
            "from the server: give them to the role (docs/postgresql.md, Behind PgBouncer)",
        )
    return ok("sessions", f"a sender that is cut off frees what it has locked after {forsaken}")
