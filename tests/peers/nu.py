"""The Nu HTML checker, from the npm package `vnu-jar`, by Java."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

JAR = Path(__file__).parent / "node_modules/vnu-jar/build/dist/vnu.jar"
# Two things that no standard knows and mail needs: Word hides the preheader by the one, Apple Mail
# leaves the sizes alone by the other (`<meta name="x-apple-disable-message-reformatting">`).
_ALLOWED = re.compile(r"mso-hide|“meta” is missing one or more of the following attributes")


def version() -> str:
    return _run("--version").split()[0]


def errors(documents: Mapping[str, str]) -> dict[str, list[str]]:
    """The checker's errors about each document, but for those that are allowed."""
    found: dict[str, list[str]] = {name: [] for name in documents}
    with tempfile.TemporaryDirectory() as folder:
        paths = {Path(folder) / f"{n}.html": name for n, name in enumerate(documents)}
        for path, name in paths.items():
            path.write_text(documents[name], encoding="utf-8")
        report = _run("--format", "json", "--exit-zero-always", *map(str, paths))
        for message in json.loads(report)["messages"]:
            if message["type"] == "error" and not _ALLOWED.search(message["message"]):
                found[paths[Path(message["url"].removeprefix("file:"))]].append(message["message"])
    return found


def _run(*arguments: str) -> str:
    command = ["java", "-jar", str(JAR), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout or done.stderr  # its findings go to stderr
