"""What the example holds is what its scripts make."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from program import ROOT

EXAMPLE = ROOT / "templates" / "example"


@pytest.mark.slow
def test_the_pictures_are_those_that_the_script_draws(tmp_path: Path) -> None:
    """To the eye: another Pillow may compress them otherwise."""
    script = ROOT / "scripts" / "draw_pictures.py"
    subprocess.run([sys.executable, str(script), "--out", str(tmp_path)], check=True)
    drawn = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.png"))
    kept = sorted(p.relative_to(EXAMPLE / "images") for p in (EXAMPLE / "images").rglob("*.png"))
    assert drawn == kept
    for name in drawn:
        with Image.open(tmp_path / name) as new, Image.open(EXAMPLE / "images" / name) as old:
            difference = ImageChops.difference(new.convert("RGB"), old.convert("RGB"))
            assert max(ImageStat.Stat(difference).mean) < 1, name


def test_the_sample_list_has_500_readers_in_many_scripts() -> None:
    """Addresses that belong to nobody, names as people write them."""
    lines = (EXAMPLE / "subscribers.csv").read_text(encoding="utf-8").splitlines()
    addresses = [line.partition(",")[0] for line in lines[1:]]
    assert len(addresses) == len(set(addresses)) == 500
    reserved = ("example.org", "example.com", "example.net")
    assert all(address.endswith(reserved) for address in addresses)
    letters = {letter for line in lines for letter in line if letter.isalpha()}
    assert len({unicodedata.name(letter).split()[0] for letter in letters}) >= 10
