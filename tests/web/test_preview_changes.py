from __future__ import annotations

from pathlib import Path

import anyio
import pytest
from watchfiles import Change

from mailer.web.preview_changes import Changes, Written, watch


def _seen(folder: Path, names: list[str], until: int) -> list[int]:
    """The versions told while the files are written one after the other, each once the one before
    was told."""
    changes, told = Changes(), []

    async def write() -> None:
        await anyio.sleep(0.2)  # until the kernel watches
        for name in names:
            (folder / name).write_text("x", encoding="utf-8")

    async def look() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(watch, changes, (folder,))
            tasks.start_soon(write)
            async for version in changes.versions():
                told.append(version)
                if version == until:
                    changes.end()

    anyio.run(look)
    return told


def test_a_save_is_told_to_who_waits(tmp_path: Path) -> None:
    """First the version as it is, then that of the save."""
    assert _seen(tmp_path, ["issue.md"], until=1) == [0, 1]


def test_a_save_below_a_folder_is_told(tmp_path: Path) -> None:
    """Pictures and themes lie in folders."""
    (tmp_path / "images").mkdir()

    assert _seen(tmp_path, ["images/cat.png"], until=1) == [0, 1]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        *[("issues/2021-01.md", True), ("mailer.toml", True), ("images/a.png", True)],
        *[("mailer.db", False), ("mailer.db-wal", False), ("copies/1.eml", False)],
        *[(".issue.md.swp", False), ("issues/2021-01.md~", False), (".git/index", False)],
    ],
)
def test_what_people_write_is_told_and_what_programs_keep_is_not(name: str, told: bool) -> None:
    assert Written()(Change.modified, f"/news/{name}") is told


def test_who_comes_late_is_told_the_version_and_the_end_ends(tmp_path: Path) -> None:
    """A page that was away learns that it is out of date."""
    changes, told = Changes(), []
    changes.tell()
    changes.tell()

    async def look() -> None:
        async for version in changes.versions():
            told.append(version)
            changes.end()

    anyio.run(look)
    assert told == [2]
