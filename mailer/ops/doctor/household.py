"""The publication's own: what mailer.toml lacks, keys, files, database, worker."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from mailer import migrations
from mailer.app import App
from mailer.config import FILE
from mailer.database import Database
from mailer.errors import ConfigError, DatabaseError
from mailer.ledger import agenda, workers
from mailer.model.counted import number
from mailer.ops.doctor.check import Check, fault, ok, warning

_CONFIGURATION, _KEYS, _DATABASE, _DISK = "configuration", "keys", "database", "disk"
_WORKER = "worker"
_SCARCE, _TOO_LITTLE = 1_000_000_000, 100_000_000  # bytes


def check_configuration(app: App) -> Iterator[Check]:
    where = app.folder / FILE
    if app.config.publication.address:
        yield ok(_CONFIGURATION, str(where))
    else:
        yield warning(_CONFIGURATION, f"{where}: publication.address: write it, or nothing is sent")


def check_keys(app: App) -> Iterator[Check]:
    try:
        ring = app.links.keyring
    except ConfigError as error:
        yield fault(_KEYS, str(error))
        return
    retired = len(ring.keys) - 1
    yield ok(
        _KEYS, f"links are signed by key {ring.current}" + (f", {retired} old" * bool(retired))
    )
    try:
        app.fingerprint("")
    except ConfigError as error:
        yield fault(_KEYS, str(error))


def check_database(app: App) -> Iterator[Check]:
    """Its shape, and whether it can be written to; SQLite's file is for its owner alone, on a disk
    with room."""
    try:
        database = app.database
        with database.write() as c:  # changes nothing, and needs the right to
            c.exec_driver_sql("SELECT 1")
    except DatabaseError as error:
        yield fault(_DATABASE, str(error))
        return
    says = f"{database.where}: revision {migrations.current(database)}, can be written to"
    if not database.is_sqlite:
        yield ok(_DATABASE, says)
        return
    mode = _journal_mode(database)
    if mode == "wal":
        yield ok(_DATABASE, f"{says}, write-ahead log")
    else:
        yield fault(_DATABASE, f"{database.where}: journal mode {mode}: put it on a local disk")
    yield from _check_privacy(database.path)
    yield from _check_disk(database.path)


def check_worker(app: App) -> Iterator[Check]:
    """Whether somebody is there for the dispatches that wait for one."""
    try:
        with app.database.read() as c:
            seen, waiting = workers.seen_lately(c), agenda.waiting(c)
    except DatabaseError:  # told by another check
        return
    if seen:
        yield ok(_WORKER, "seen within the last minute")
    elif waiting:
        what = number(waiting, "dispatch waits", "dispatches wait")
        yield warning(_WORKER, f"none is running, and {what} for one: start `mailer worker`")
    else:
        yield ok(_WORKER, "none is running; `send --at` and unattended retries need one")


def _journal_mode(database: Database) -> str:
    with database.read() as c:
        return str(c.exec_driver_sql("PRAGMA journal_mode").scalar_one())


def _check_privacy(path: Path) -> Iterator[Check]:
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield warning(_DATABASE, f"{path}: others can read the addresses in it: chmod 600 {path}")


def _check_disk(path: Path) -> Iterator[Check]:
    free = shutil.disk_usage(path.parent).free
    says = f"{path.parent}: {free / 1e9:,.1f} GB free"
    if free < _TOO_LITTLE:
        yield fault(_DISK, f"{says}: make room before you send")
    elif free < _SCARCE:
        yield warning(_DISK, f"{says}: make room")
    else:
        yield ok(_DISK, says)
