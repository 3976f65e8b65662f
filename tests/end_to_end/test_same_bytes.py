"""The same input gives the same bytes, in whatever process: what was approved here is what another
machine would send."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from program import environment
from warm import Warm

from mailer.desk import setup

HERE = {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8"}
ELSEWHERE = {"PYTHONHASHSEED": "4242", "TZ": "America/Anchorage", "LC_ALL": "C", "LANG": "de_DE"}


def mailer(folder: Path, cwd: Path, around: dict[str, str], *words: str) -> int:
    command = [sys.executable, "-m", "mailer", "-C", os.path.relpath(folder, cwd), *words]
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment() | around,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.returncode


@pytest.mark.slow
def test_two_processes_compose_the_same_bytes(tmp_path: Path) -> None:
    """Another seed of the hashes, time zone, locale, working folder, and no cache of pictures."""
    folder = tmp_path / "news"
    setup.init(folder, example=True).database.close()
    (tmp_path / "deep" / "er").mkdir(parents=True)
    issue = "issues/2021-01.md"
    written = []
    for number, (cwd, around) in enumerate(
        ((tmp_path, HERE), (tmp_path / "deep" / "er", ELSEWHERE))
    ):
        out = tmp_path / f"out{number}"
        assert mailer(folder, cwd, around, "issue", "render", issue, "--out", str(out)) == 0
        files = [path for path in out.rglob("*") if path.is_file()]
        written.append({str(path.relative_to(out)): path.read_bytes() for path in files})
        shutil.rmtree(folder / ".cache")
    assert len(written[0]) > 3
    assert written[0] == written[1]
    Warm(folder).ok("issue", "approve", issue)
    assert mailer(folder, tmp_path / "deep", ELSEWHERE, "issue", "diff", issue) == 0
