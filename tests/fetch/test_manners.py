"""Manners: robots.txt is asked once a site and heeded, hosts get their pauses, a run has an end."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
import smallnet
from smallnet import PUBLIC, SILENT, Net

from mailer.errors import FetchError
from mailer.fetch import Manners

_RULES = b"""User-agent: *
Disallow: /private
Allow: /private/but-this
Crawl-delay: 3

User-agent: tests
Disallow: /hidden
Disallow: /*.pdf$
Crawl-delay: 7
"""
ANSWERS: smallnet.Answers = {
    "/robots.txt": (200, {"Content-Type": "text/plain"}, _RULES),
    "/page": (200, {}, b"a page"),
    "/hidden/page": (200, {}, b"a hidden page"),
    "/paper.pdf": (200, {}, b"a paper"),
    "/private": (200, {}, b"not for others"),
    "/leads-there": (302, {"Location": "/hidden/page"}, b""),
}
SITE = "http://pictures.example"


@pytest.fixture
def net() -> Iterator[Net]:
    with smallnet.serving(ANSWERS) as net:
        yield net


def test_robots_txt_is_asked_once_and_heeded(net: Net) -> None:
    """The rules for our name, where there are some, the longest that fits, after redirects too."""
    fetcher = Manners(net.fetcher).fetcher
    assert fetcher.get(f"{SITE}/page").content == b"a page"
    assert fetcher.get(f"{SITE}/private").content == b"not for others"
    for path in ("/hidden/page", "/paper.pdf", "/leads-there"):
        with pytest.raises(FetchError, match=r"not for programs to read: its robots\.txt says so"):
            fetcher.get(SITE + path)
    paths = [path for path, _ in net.asked]
    assert paths == ["/robots.txt", "/page", "/private", "/leads-there"]


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (503, False)])
def test_what_a_missing_robots_txt_means_hangs_on_why(status: int, allowed: bool) -> None:
    """None there: nothing is forbidden. A server in trouble: everything is (RFC 9309 §2.3.1)."""
    with smallnet.serving({**ANSWERS, "/robots.txt": (status, {}, b"")}) as net:
        fetcher = Manners(net.fetcher).fetcher
        if allowed:
            assert fetcher.get(f"{SITE}/page").content == b"a page"
            return
        with pytest.raises(FetchError, match=r"was not asked, as its robots\.txt is not there"):
            fetcher.get(f"{SITE}/page")


def test_a_host_gets_its_pauses_and_no_other_waits(net: Net) -> None:
    """Ours, or as much as it asks for where that is more; none at all without ours."""
    waits: list[float] = []
    net.names["other.example"] = [PUBLIC]
    fetcher = Manners(net.fetcher, pause=0.5, sleep=waits.append).fetcher
    fetcher.get(f"{SITE}/page")
    fetcher.get("http://other.example/page")
    assert waits == []
    fetcher.look(f"{SITE}/page")
    assert waits == [pytest.approx(7, abs=0.9)]
    hasty = Manners(net.fetcher, sleep=waits.append).fetcher
    hasty.get(f"{SITE}/page")
    hasty.get(f"{SITE}/page")
    assert len(waits) == 1


def test_a_run_has_an_end(net: Net) -> None:
    """However many addresses there are to ask."""
    fetcher = Manners(net.fetcher, most=2).fetcher
    fetcher.get(f"{SITE}/page")
    fetcher.get(f"{SITE}/page")
    with pytest.raises(FetchError, match="was not asked: 2 requests are enough"):
        fetcher.get(f"{SITE}/page")


def test_a_host_that_is_not_there_is_told_as_such(net: Net) -> None:
    """And not that its robots.txt cannot be had; it is asked once."""
    net.names["silent.example"] = [SILENT]
    fetcher = Manners(net.fetcher).fetcher
    for _ in range(2):
        with pytest.raises(FetchError, match=r"^cannot be fetched: no server answers there$"):
            fetcher.get("http://silent.example/page")
    assert net.connections == [(SILENT, 80)]


def test_manners_do_not_open_doors(net: Net) -> None:
    """A robots.txt that leads into our own net is not followed there, and neither is the page."""
    answers = {**ANSWERS, "/robots.txt": (302, {"Location": "http://127.0.0.1/"}, b"")}
    with smallnet.serving(answers) as other:
        fetcher = Manners(dataclasses.replace(other.fetcher)).fetcher
        with pytest.raises(FetchError, match=r"127\.0\.0\.1, which is not on the open net"):
            fetcher.get(f"{SITE}/page")
        assert [path for path, _ in other.asked] == ["/robots.txt"]
