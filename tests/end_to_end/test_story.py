"""The main job as a story: the demonstration, and a reader who leaves by the link."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from program import Program, environment, free_port, post, until_served

from mailer.errors import UsageError
from mailer.ops import demo
from mailer.ops.catcher import Catcher


@pytest.mark.slow
def test_who_leaves_by_the_link_is_not_mailed_again(program: Program, catcher: Catcher) -> None:
    """October to all, one click, January to the rest; the sent issue and its pictures are on the
    web, as they were sent, also after the publication changed its name."""
    url = f"http://127.0.0.1:{free_port()}"
    program.configure("https://news.example.org", url)
    program.ok("send", "issues/2020-10.md", "--yes")
    first = catcher.messages[0]
    link = re.search(rb"List-Unsubscribe: <(http[^>]+)>", first.content)
    assert link
    web = program.start("web", "--port", url.rpartition(":")[2])
    try:
        until_served(url)
        assert post(link[1].decode()) == 200
        program.configure('name = "Machine Learning Toolkit"', 'name = "Neurodigest"')
        page = urllib.request.urlopen(f"{url}/issues/2020-10", timeout=10).read().decode()  # noqa: S310
        assert "Machine Learning Toolkit" in page
        picture = re.search(r'src="([^"]+/pictures/[^"]+)"', page)
        assert picture
        assert urllib.request.urlopen(picture[1], timeout=10).read(4) == b"\x89PNG"  # noqa: S310
    finally:
        web.terminate()
        web.communicate(timeout=20)
    assert web.returncode == 0
    program.ok("send", "issues/2021-01.md", "--yes")
    january = [message.recipients[0] for message in catcher.messages[100:]]
    assert len(january) == len(set(january)) == 99
    assert first.recipients[0] not in january
    assert b"Neurodigest" in catcher.messages[-1].content


@pytest.mark.slow
def test_the_demonstration_runs_twice_and_after_a_kill(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says "499; 1 left", leaves everything to look at, and no process."""
    words = [sys.executable, "-m", "mailer", "demo"]
    killed = subprocess.Popen(
        words, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert killed.stdout is not None
    killed.stdout.readline()
    killed.kill()
    killed.communicate()
    done = subprocess.run(
        words, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "499; 1 left since October" in done.stdout
    made = tmp_path / "demo"
    demo.run(serve=False, folder=made)
    assert "499; 1 left since October" in capsys.readouterr().out
    for name in ("2020-10.html", "2020-10.txt", "2020-10.eml", "2021-01.html", "README.txt"):
        assert (made / name).stat().st_size > 500
    assert len(list((made / "2020-10-copies").iterdir())) == 500
    assert len(list((made / "2021-01-copies").iterdir())) == 499
    october = (made / "2020-10.html").read_text(encoding="utf-8")
    pictures = re.findall(r'src="(pictures/[^"]+)"', october)
    assert pictures
    assert all((made / picture).is_file() for picture in pictures)


def test_the_demonstration_leaves_other_folders_alone(tmp_path: Path) -> None:
    """Somebody's own `demo` is not overwritten."""
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "mine.txt").write_text("precious", encoding="utf-8")
    with pytest.raises(UsageError, match="move it away"):
        demo.run(serve=False, folder=tmp_path / "demo")
    assert (tmp_path / "demo" / "mine.txt").read_text(encoding="utf-8") == "precious"
