"""The folder transport: one file per copy."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sender.talk import Copies, carry

from mailer.errors import RelayRefused
from mailer.model.delivery import Envelope
from mailer.model.outcome import Deferred, Outcome, Sent
from mailer.sender.folder import FolderTransport, file_name

COPY = Envelope(
    "news@example.org",
    "ada@example.org",
    b"Subject: hello\r\nMessage-ID:\r\n <2021-01.1@example.org>\r\n\r\nA line.\r\n",
)


def submit(folder: Path, *copies: Envelope) -> list[Outcome | None]:
    work = Copies(*copies)
    asyncio.run(carry(FolderTransport(folder), work))
    return work.outcomes


def test_a_copy_is_a_file_of_its_very_bytes(tmp_path: Path) -> None:
    """The folder is made where it does not exist; the name begins with the address."""
    folder = tmp_path / "new" / "copies"
    [outcome] = submit(folder, COPY)
    [path] = folder.iterdir()
    assert isinstance(outcome, Sent)
    assert path.name in outcome.reply.text
    assert path.name.startswith("ada@example.org-")
    assert path.suffix == ".eml"
    assert path.read_bytes() == COPY.body


def test_the_same_copy_written_twice_is_one_file(tmp_path: Path) -> None:
    """The Message-ID tells the copy, also when its text changed between two attempts."""
    changed = dataclasses.replace(COPY, body=COPY.body + b"More.\r\n")
    submit(tmp_path, COPY, changed)
    [path] = tmp_path.iterdir()
    assert path.read_bytes() == changed.body


def test_different_copies_are_different_files(tmp_path: Path) -> None:
    """Of another message, for another address, or for addresses that look alike as names."""
    body = COPY.body
    copies = [
        COPY,
        dataclasses.replace(COPY, body=body.replace(b"2021-01.1", b"2021-02.1")),
        dataclasses.replace(COPY, recipient="a/b@example.org"),
        dataclasses.replace(COPY, recipient="a?b@example.org"),
    ]
    submit(tmp_path, *copies)
    assert len(list(tmp_path.iterdir())) == len(copies)


def test_a_copy_without_a_message_id_is_known_by_its_bytes() -> None:
    """… and a Message-ID in the text is not one of the header."""
    bare = dataclasses.replace(COPY, body=b"Subject: x\r\n\r\nMessage-ID: <a@b>\r\n")
    other = dataclasses.replace(COPY, body=b"Subject: y\r\n\r\nMessage-ID: <a@b>\r\n")
    assert file_name(bare) == file_name(bare)
    assert file_name(bare) != file_name(other)


@pytest.mark.parametrize(
    "recipient",
    ["../../etc/passwd@x.org", "/abs@x.org", ".hidden@x.org", "-rf@x.org", "a\0b@x.org"],
)
def test_no_address_is_a_path(tmp_path: Path, recipient: str) -> None:
    """Whatever the address, the file lies in the folder and is neither hidden nor an option."""
    submit(tmp_path / "copies", dataclasses.replace(COPY, recipient=recipient))
    [path] = (tmp_path / "copies").iterdir()
    assert path.name[0] not in ".-"
    assert [entry.name for entry in tmp_path.iterdir()] == ["copies"]


@given(st.text())
def test_every_address_makes_a_plain_name(recipient: str) -> None:
    """ASCII, without separators, short enough for any file system."""
    name = file_name(dataclasses.replace(COPY, recipient=recipient))
    assert name.isascii()
    assert name.isprintable()
    assert "/" not in name
    assert len(name) < 150


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    """The line names it."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RelayRefused, match="cannot be used for copies"):
        submit(tmp_path / "file", COPY)


def test_a_file_that_cannot_be_written_is_deferred(tmp_path: Path) -> None:
    """A full or missing disk is temporary trouble with that copy."""
    (tmp_path / file_name(COPY)).mkdir()
    [outcome] = submit(tmp_path, COPY)
    assert isinstance(outcome, Deferred)
    assert "cannot be written" in outcome.reply.text
