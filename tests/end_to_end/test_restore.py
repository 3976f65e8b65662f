"""Another person, on a clean machine, has nothing but the backup, and goes on."""

from __future__ import annotations

import re
import shutil
import signal
import time
import urllib.request
from collections import Counter
from pathlib import Path

import httpx
import pytest
from program import Program, free_port, post, running, until_served
from warm import Warm

from mailer.ops.catcher import Catcher

OCTOBER = "issues/2020-10.md"
_CONNECTIONS = 10


def _stop_half_way(program: Program, catcher: Catcher) -> None:
    """A dispatch, by a kill."""
    process = program.start("send", OCTOBER, "--yes")
    while len(catcher.messages) < 30 and process.poll() is None:
        time.sleep(0.002)
    process.kill()
    process.communicate()


def _previewed(program: Program) -> str:
    """What the preview shows of the issue, as text."""
    process = program.start("preview", str(program.folder / OCTOBER))
    with running(process):
        assert process.stderr is not None
        url = re.search(r"http://127\.0\.0\.1:\d+/", process.stderr.readline())
        assert url is not None
        page = httpx.get(url[0], follow_redirects=True, timeout=30).text
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    return page


@pytest.mark.slow
def test_the_backup_is_all_that_is_needed(
    program: Program, catcher: Catcher, tmp_path: Path
) -> None:
    """They see the issue, end the dispatch, and the first link that ever went out still works."""
    url = f"http://127.0.0.1:{free_port()}"
    program.configure("https://news.example.org", url)
    _stop_half_way(program, catcher)
    oldest = catcher.messages[0]
    program.ok("backup", str(tmp_path / "news.zip"))
    shutil.rmtree(program.folder)

    theirs = Warm(tmp_path / "clean")
    theirs.ok("restore", str(tmp_path / "news.zip"))
    assert "Text edition" in _previewed(theirs)
    theirs.ok("dispatch", "resume", "1")
    assert theirs.run("send", OCTOBER, "--yes").returncode in (0, 3)
    counts = theirs.json("dispatch", "status")["counts"]
    assert counts["sent"] + counts["uncertain"] == 100
    assert counts["uncertain"] <= _CONNECTIONS
    got = Counter(address for message in catcher.messages for address in message.recipients)
    assert set(got.values()) == {1}
    assert len(got) >= counts["sent"]

    link = re.search(rb"List-Unsubscribe: <(http[^>]+)>", oldest.content)
    assert link
    with running(theirs.start("web", "--port", url.rpartition(":")[2])):
        until_served(url)
        with urllib.request.urlopen(link[1].decode(), timeout=10) as page:  # noqa: S310 - our own
            assert page.status == 200
        assert post(link[1].decode()) == 200
    (left,) = theirs.json("subscriber", "show", oldest.recipients[0])["subscriptions"]
    assert left["status"] == "unsubscribed"
