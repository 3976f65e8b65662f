"""What is written atomically, and what is said where it cannot be."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from mailer import files


def test_a_disk_without_room_is_told_with_the_file_and_leaves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "out" / "people.csv"
    with pytest.raises(OSError, match=r"people\.csv") as caught, files.written_atomically(file):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert caught.value.filename == str(file)
    assert list(file.parent.iterdir()) == []


def test_what_names_another_file_goes_on_naming_it(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="picture") as caught, files.named(tmp_path / "out.html"):
        (tmp_path / "picture.png").read_bytes()
    assert caught.value.filename == str(tmp_path / "picture.png")
