"""Readers come from somewhere else, and the bad rows of their file go into one of their own."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from mailer.desk.rejects import rejects
from mailer.records import Records
from subscribers.importing.importer import Watch, import_file
from subscribers.importing.reading import Wishes
from subscribers.importing.report import ImportReport


@dataclass(frozen=True, slots=True)
class MovedIn:
    """`rejected` are the files with the bad rows."""

    report: ImportReport
    rejected: tuple[Path, ...] = ()


def move_in(
    app: Records,
    file: Path,
    list_name: str,
    wishes: Wishes,
    errors: Path | None,
    dry_run: bool,
    watch: Watch | None = None,
) -> MovedIn:
    """Raises UnknownList, NoFile, BadFile, and UsageError where `errors` is the file itself."""
    with rejects(errors, file) if errors else nullcontext() as bad:
        report = import_file(
            app.store,
            file,
            list_name,
            wishes,
            app.now(),
            dry_run=dry_run,
            reject=bad.take if bad else None,
            watch=watch,
        )
        if bad is None:
            return MovedIn(report)
        bad.end(report.recognised)
        return MovedIn(report, tuple(bad.files))
