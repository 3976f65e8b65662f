"""The wheel has all that the program needs, and a checkout finds its templates beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from program import ROOT

from mailer import files

SCRIPT = """
set -eu
mailer init news --example
sed -i 's#smtp://localhost:1025#folder:copies#' news/mailer.toml
mailer -C news subscriber add ann@example.org --confirmed 'a form'
mailer -C news issue render issues/2020-10.md --out out
mailer -C news send issues/2020-10.md --yes
python -c 'import mailer; print(mailer.__file__)'
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.mark.slow
def test_the_wheel_composes_and_sends_from_an_empty_environment(
    wheel: Path, tmp_path: Path
) -> None:
    """Installed into a fresh virtual environment, run from an empty folder: templates and
    migrations come with it. The libraries are those of this environment."""
    home = tmp_path / "venv"
    venv.create(home, with_pip=False)
    site = next((home / "lib").glob("python3*")) / "site-packages"
    words = [sys.executable, "-m", "uv", "pip", "install", "--offline", "--no-deps", "--quiet"]
    python = home / "bin" / "python"
    subprocess.run([*words, "--python", str(python), str(wheel)], check=True, capture_output=True)
    # A line in a .pth file adds the folder but does not run what is in it, so that an editable
    # installation of the mailer there stays unseen.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    work = tmp_path / "work"
    work.mkdir()
    done = subprocess.run(
        ["sh", "-c", SCRIPT],
        cwd=work,
        env={"PATH": f"{home / 'bin'}:{os.environ['PATH']}", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert str(site) in done.stdout.splitlines()[-1]
    assert (work / "out" / "2020-10.html").stat().st_size > 10_000
    assert len(list((work / "news" / "copies").glob("*.eml"))) == 1


def test_a_checkout_finds_its_templates_beside_the_package() -> None:
    """What an editable installation uses."""
    assert files.templates_dir() == ROOT / "templates"
    assert (files.templates_dir() / "email" / "digest" / "theme.toml").is_file()


def test_files_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """A write that fails leaves the old content and no other file behind."""
    path = tmp_path / "deep" / "file"
    files.write_atomically(path, "old")
    blocked = tmp_path / "deep" / "folder"
    blocked.mkdir()
    (blocked / "full").touch()
    with pytest.raises(OSError, match="folder"):
        files.write_atomically(blocked, "new")
    files.write_atomically(path, b"new", mode=0o600)
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in path.parent.iterdir()) == ["file", "folder"]
