"""The clerk does one thing after the other, whatever becomes of the one before."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from databases import Files

from mailer.database import Database
from mailer.errors import DatabaseBusy
from mailer.web.clerk import Clerk


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (DatabaseBusy("news.db: locked"), "readers' pages: news.db: locked"),
        (ZeroDivisionError("oh"), "readers' pages: a fault of the program: ZeroDivisionError: oh"),
    ],
)
def test_trouble_with_one_job_keeps_no_other_and_no_mail_from_being_done(
    tmp_path: Path, trouble: Exception, told: str
) -> None:
    done: list[str] = []
    lines: list[str] = []
    database = Database(Files(tmp_path).migrated())
    clerk = Clerk(database, lambda: done.append("mailed"), lines.append)

    def bad(_: sa.Connection) -> None:
        raise trouble

    assert clerk.later(bad)
    assert clerk.later(lambda _: done.append("good"))
    clerk.work_off()
    database.close()
    assert (done, lines) == (["good", "mailed"], [told])
