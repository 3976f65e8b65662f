"""What `mailer web` and `mailer worker` refuse before they begin."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailer.cli.main import run

Command = Callable[..., Any]


def refused(capsys: pytest.CaptureFixture[str], *words: str | Path) -> str:
    """Why, in one line, with exit status 2."""
    with pytest.raises(SystemExit) as ended:
        run([str(word) for word in words])
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    return line


def test_folders_are_named_once(
    news: Path, capsys: pytest.CaptureFixture[str], mailer: Command
) -> None:
    answer = mailer("web", str(news))
    assert answer.status == 2
    assert "name the folders here or by -C, not both" in answer.err


def test_two_publications_need_two_urls(news: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whose page would it be?"""
    other = news.with_name("other")
    shutil.copytree(news, other)
    file = other / "mailer.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('id = "news"', 'id = "other"'), encoding="utf-8")
    assert "news and other both have it" in refused(capsys, "web", news, other)


def test_two_publications_need_two_databases(
    news: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The environment would give both the same."""
    assert "have the same database" in refused(capsys, "web", news, news)


@pytest.mark.parametrize("command", ["web", "worker"])
@pytest.mark.parametrize("place", ["x", "9100x", "70000", "10.0.0.1"])
def test_metrics_need_a_port(
    command: str, place: str, news: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = refused(capsys, "-C", news, command, "--metrics", place)
    assert f"is no port such as 9100, nor host and port: '{place}'" in line


@pytest.mark.parametrize("command", ["web", "worker"])
def test_a_log_has_one_of_two_forms(
    command: str, news: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = refused(capsys, "-C", news, command, "--log-format", "xml")
    assert "is neither text nor json: 'xml'" in line
