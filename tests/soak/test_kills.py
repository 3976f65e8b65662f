"""Long runs of sends that are killed again and again. `make soak`; figures go into docs/."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import pytest
from program import Program

from mailer.ops.catcher import Catcher

READERS = 2000
CONNECTIONS = 10


def publication(folder: Path, catcher: Catcher) -> Program:
    program = Program(folder / "publication")
    program.ok("init", str(program.folder), "--example")
    program.configure("smtp://localhost:1025", catcher.url)
    rows = "".join(f"reader{number}@example.org\n" for number in range(READERS))
    file = folder / "readers.csv"
    file.write_text(f"email\n{rows}", encoding="utf-8")
    program.ok("subscriber", "import", str(file), "--confirmed", "a form")
    return program


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(5))
def test_a_send_killed_ten_times_at_random_keeps_every_copy_in_one_state(
    tmp_path: Path, seed: int
) -> None:
    """Silently lost 0, sent twice 0, uncertain at most one a connection and kill."""
    moments = random.Random(seed)  # noqa: S311 - repeatable, not secret
    kills = 0
    with Catcher() as catcher:
        program = publication(tmp_path, catcher)
        for _ in range(10):
            process = program.start("send", "issues/2020-10.md", "--yes")
            time.sleep(moments.uniform(0.4, 2.0))
            kills += process.poll() is None
            process.kill()
            process.communicate()
        program.run("send", "issues/2020-10.md", "--yes")
        counts = program.json("dispatch", "status")["counts"]
        got = Counter(address for m in catcher.messages for address in m.recipients)
        rows = {row["email"]: row["state"] for row in program.json("dispatch", "copies", "1")}
    twice = [address for address, number in got.items() if number > 1]
    lost = [a for a, state in rows.items() if a not in got and state != "uncertain"]
    print(f"seed {seed}: {kills} kills, {counts}, lost {len(lost)}, twice {len(twice)}")
    assert (twice, lost) == ([], [])
    assert counts["sent"] + counts["uncertain"] == READERS
    assert counts["uncertain"] <= kills * CONNECTIONS
