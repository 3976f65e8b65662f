"""The folder of the inbox."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from mailer.errors import NotFound
from mailer.intake.inbox.folder import Inbox
from mailer.intake.inbox.item import InboxItem

DAY = dt.date(2021, 1, 12)


def item(title: str, url: str = "https://e.org/a") -> InboxItem:
    return InboxItem(url, title, DAY)


def test_each_item_has_a_file_named_after_its_title(tmp_path: Path) -> None:
    """In any script, and a number where two have one title."""
    inbox = Inbox(tmp_path / "inbox")
    titles = ("CLIP: pictures & words", "CLIP — Pictures, words!", "Доступность", "!?", "x" * 200)
    names = [inbox.add(item(title)).stem for title in titles]
    expected = ["clip-pictures-words", "clip-pictures-words-2", "доступность", "item", "x" * 60]
    assert names == expected
    assert {kept.name for kept in inbox.items(pytest.fail)} == set(names)


def test_a_link_is_found_however_it_is_written(tmp_path: Path) -> None:
    """By its canonical form."""
    inbox = Inbox(tmp_path)
    inbox.add(item("A", "https://www.arxiv.org/pdf/2010.11934v1"))
    found = inbox.find("http://arxiv.org/abs/2010.11934")
    assert found
    assert found.name == "a"
    assert inbox.find("https://arxiv.org/abs/2010.11935") is None


def test_a_file_that_cannot_be_read_hides_no_other(tmp_path: Path) -> None:
    """Each is told, once."""
    inbox = Inbox(tmp_path)
    inbox.add(item("A"))
    (tmp_path / "b.md").write_bytes(b"\xff")
    (tmp_path / "c.md").write_text("no item")
    (tmp_path / "d.md").write_bytes(b"x" * 300_000)
    (tmp_path / "e.md").mkdir()
    faults: list[str] = []
    assert [kept.name for kept in inbox.items(faults.append)] == ["a"]
    words = [fault.removeprefix(f"{tmp_path}/") for fault in faults]
    assert words == [
        "b.md: is not UTF-8: save it as UTF-8",
        "c.md: has no front matter between two lines of ---: write it",
        "d.md: over 200,000 bytes: that is no item: move it elsewhere",
        "e.md: cannot be read: Is a directory",
    ]
    assert inbox.find("https://e.org/a") is not None


@pytest.mark.parametrize("name", ["b", "", "../a", "a.md", "."])
def test_only_what_is_there_can_be_dropped(tmp_path: Path, name: str) -> None:
    """And nothing outside the folder."""
    (tmp_path / "a.md").write_text("an issue")
    inbox = Inbox(tmp_path / "inbox")
    path = inbox.add(item("A"))
    with pytest.raises(NotFound, match="nothing of that name"):
        inbox.drop(name)
    assert path.exists()
    inbox.drop("a")
    assert not path.exists()
    assert (tmp_path / "a.md").exists()
