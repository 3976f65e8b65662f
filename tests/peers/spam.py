"""SpamAssassin's local rules: no name server is asked, nothing is learnt."""

from __future__ import annotations

import re
import subprocess
import tempfile

_SCORE = re.compile(r"score=(-?[\d.]+)")


def version() -> str:
    return _run("--version").split()[2]


def score(message: bytes) -> float:
    """Points of the whole message; below 0 is better than nothing known."""
    header = _run("--local", message=message).partition("\n\n")[0]
    found = _SCORE.search(" ".join(header.split()))
    if found is None:
        raise RuntimeError("SpamAssassin gave no score")
    return float(found[1])


def _run(*arguments: str, message: bytes = b"") -> str:
    with tempfile.TemporaryDirectory() as home:  # it keeps its settings and what it has learnt
        done = subprocess.run(
            ["spamassassin", "--prefspath=/dev/null", *arguments],
            input=message,
            capture_output=True,
            env={"HOME": home, "PATH": "/usr/bin:/bin"},
            check=True,
        )
    return done.stdout.decode(errors="replace")
