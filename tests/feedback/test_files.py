"""Messages are found in files, mboxes, Maildirs and folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailer.errors import NotFound
from mailer.feedback.sources.files import messages, without_separator

FIRST, SECOND = b"Subject: first\n\nOne.\n", b"Subject: second\n\nTwo.\n"
LINE = b"From MAILER-DAEMON Mon Jan  4 12:00:00 2021\n"


def found(path: Path) -> list[tuple[bytes, bool]]:
    return [(each.content.strip(), each.in_mailbox) for each in messages(path)]


def test_a_file_is_a_message(tmp_path: Path) -> None:
    """Named by somebody. One that ends in .eml is one, however it begins."""
    for name, content in (("report", FIRST), ("report.eml", LINE + FIRST)):
        (tmp_path / name).write_bytes(content)
        assert found(tmp_path / name) == [(content.strip(), False)]


def test_an_mbox_has_many(tmp_path: Path) -> None:
    """Each with a name of its own."""
    (tmp_path / "box").write_bytes(LINE + FIRST + b"\n" + LINE + SECOND)
    assert found(tmp_path / "box") == [(FIRST.strip(), True), (SECOND.strip(), True)]
    assert [each.name[-2:] for each in messages(tmp_path / "box")] == ["#1", "#2"]


def test_a_maildir_has_what_is_new_and_what_was_read(tmp_path: Path) -> None:
    """Not what is still being delivered."""
    for folder, content in (("new", FIRST), ("cur", SECOND), ("tmp", b"half")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "1.2.host:2,S").write_bytes(content)
    assert found(tmp_path) == [(FIRST.strip(), True), (SECOND.strip(), True)]


def test_a_folder_has_files(tmp_path: Path) -> None:
    """In the order of their names; hidden ones are somebody else's."""
    for name, content in (("b.eml", SECOND), ("a.eml", FIRST), (".c", b"")):
        (tmp_path / name).write_bytes(content)
    (tmp_path / "inner").mkdir()
    assert found(tmp_path) == [(FIRST.strip(), False), (SECOND.strip(), False)]


def test_no_file_is_said(tmp_path: Path) -> None:
    """With what may be named."""
    with pytest.raises(NotFound, match=r"no such file.*Maildir"):
        list(messages(tmp_path / "nothing"))


def test_a_pipes_message_loses_an_mboxs_line() -> None:
    """Some mail servers write it."""
    assert without_separator(LINE + FIRST) == without_separator(FIRST) == FIRST
