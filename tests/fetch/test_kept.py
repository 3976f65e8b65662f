"""Kept pages: sent again only when they have changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import smallnet
from smallnet import Net

from mailer.fetch import KeptPages
from mailer.fetch.kept import _MOST

SITE = "http://pictures.example"


@pytest.fixture
def answers() -> dict[str, tuple[int, dict[str, str], bytes]]:
    return {
        "/feed": (200, {"ETag": '"1"', "Content-Type": "text/xml; charset=UTF-8"}, b"one"),
        "/plain": (200, {}, b"one"),
        "/moved": (301, {"Location": "/feed"}, b""),
    }


@pytest.fixture
def net(answers: smallnet.Answers) -> Iterator[Net]:
    with smallnet.serving(answers) as net:
        yield net


def _conditions(net: Net) -> list[str | None]:
    return [headers.get("If-None-Match") for _, headers in net.asked]


def test_a_page_that_has_not_changed_is_not_sent_again(
    net: Net, answers: dict[str, tuple[int, dict[str, str], bytes]], tmp_path: Path
) -> None:
    """It is what it was, to the last field; what has changed takes its place."""
    pages = KeptPages(net.fetcher, tmp_path)
    first = pages.get(f"{SITE}/feed")
    assert (first.content, first.charset) == (b"one", "utf-8")
    assert pages.get(f"{SITE}/feed") == first
    answers["/feed"] = (200, {"ETag": '"2"'}, b"two")
    assert pages.get(f"{SITE}/feed").content == b"two"
    assert pages.get(f"{SITE}/feed").content == b"two"
    assert _conditions(net) == [None, '"1"', '"1"', '"2"']


def test_a_page_behind_a_redirect_is_known_where_it_is(net: Net, tmp_path: Path) -> None:
    """The condition is for the server that set the mark, not for the one that leads there."""
    pages = KeptPages(net.fetcher, tmp_path)
    first = pages.get(f"{SITE}/moved")
    again = pages.get(f"{SITE}/moved")
    assert again == first
    assert again.moved == f"{SITE}/feed"
    assert _conditions(net) == [None, None, None, '"1"']


def test_what_nobody_would_know_again_is_not_kept(net: Net, tmp_path: Path) -> None:
    """A page without an ETag or a date."""
    KeptPages(net.fetcher, tmp_path).get(f"{SITE}/plain")
    assert list(tmp_path.iterdir()) == []


def test_a_spoilt_file_is_none(net: Net, tmp_path: Path) -> None:
    """Cut, emptied or of another program: the page is asked for anew."""
    pages = KeptPages(net.fetcher, tmp_path)
    pages.get(f"{SITE}/feed")
    for spoilt in (b"", b"{}\none", b'{"url": 1, "no": 2}\n', b"\xff\xfe"):
        next(tmp_path.iterdir()).write_bytes(spoilt)
        assert pages.get(f"{SITE}/feed").content == b"one"


def test_only_the_latest_are_kept(net: Net, tmp_path: Path) -> None:
    """So that the folder does not grow for ever."""
    for number in range(_MOST + 5):
        (tmp_path / f"old-{number}").touch()
    KeptPages(net.fetcher, tmp_path).get(f"{SITE}/feed")
    assert len(list(tmp_path.iterdir())) == _MOST
