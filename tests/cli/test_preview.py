from __future__ import annotations

import re
import signal
from pathlib import Path

import httpx
import pytest
from warm import Warm

from tests.cli.conftest import Command


@pytest.mark.slow
def test_it_prints_its_address_serves_there_and_ends_when_told(news: Path) -> None:
    """On loopback, with an open stream of events that does not hold up the end."""
    running = Warm(news).start("preview", str(news / "issues" / "2021-01.md"))
    assert running.stderr is not None
    try:
        url = re.search(r"http://127\.0\.0\.1:\d+/", running.stderr.readline())
        assert url is not None
        assert "Text edition" in httpx.get(url[0], follow_redirects=True, timeout=30).text
        with httpx.stream("GET", f"{url[0]}events", timeout=30) as events:
            lines = events.iter_lines()
            assert next(lines) == "retry: 500"
            running.send_signal(signal.SIGINT)
            assert list(lines) == ["data: 0", ""]
    finally:
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (0, "", "")


def test_a_file_that_is_not_there_is_one_line(mailer: Command, news: Path) -> None:
    """Exit status 2, and nothing is served."""
    answer = mailer("preview", "issues/nope.md")

    assert answer.status == 2
    assert "nope.md: no such file" in answer.err
