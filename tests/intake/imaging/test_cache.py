"""The cache of pictures saves time and decides nothing."""

from __future__ import annotations

from pathlib import Path

import drawing
import pytest

from mailer.intake.imaging.cache import PictureCache
from mailer.intake.imaging.fitting import fitted
from mailer.intake.imaging.setting import Setting

SOURCE = drawing.saved(drawing.drawing(2400, 600))
SETTING = Setting(560)
FITTED = fitted(SOURCE, SETTING)


@pytest.fixture
def cache(tmp_path: Path) -> PictureCache:
    return PictureCache(tmp_path / ".cache" / "pictures")


def test_what_was_kept_is_found_again(cache: PictureCache) -> None:
    """The very same value."""
    assert cache.find(SOURCE, SETTING) is None
    cache.keep(SOURCE, SETTING, FITTED)
    assert cache.find(SOURCE, SETTING) == FITTED


def test_another_picture_or_another_width_is_another_entry(cache: PictureCache) -> None:
    """Never the wrong one."""
    cache.keep(SOURCE, SETTING, FITTED)
    assert cache.find(SOURCE, Setting(500)) is None
    assert cache.find(SOURCE + b"x", SETTING) is None


@pytest.mark.parametrize("spoilt", [b"", b"GIF89a", FITTED.content[:-40] + bytes(40)])
def test_a_spoilt_file_is_as_good_as_none(cache: PictureCache, spoilt: bytes) -> None:
    """Its name tells what it must hold."""
    cache.keep(SOURCE, SETTING, FITTED)
    next(cache.folder.iterdir()).write_bytes(spoilt)
    assert cache.find(SOURCE, SETTING) is None


def test_a_folder_that_cannot_be_made_costs_nothing_but_time(tmp_path: Path) -> None:
    """A file stands where it should be."""
    (tmp_path / ".cache").write_text("in the way", encoding="utf-8")
    cache = PictureCache(tmp_path / ".cache" / "pictures")
    cache.keep(SOURCE, SETTING, FITTED)
    assert cache.find(SOURCE, SETTING) is None
