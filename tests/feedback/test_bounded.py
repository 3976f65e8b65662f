"""Whoever sends a report of any size and shape keeps nobody busy: what is done is counted."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from feedback.reports import dsn, failed, plain, read

from mailer.feedback.parsing.opened import Opened

ANN = "From: ann@example.com\nSubject: Re: January\n"
MIXED = b"Content-Type: multipart/mixed; boundary=b"
# Of about so many octets.
SHAPES: dict[str, Callable[[int], bytes]] = {
    "a line": lambda size: plain("a" * size),
    "addresses": lambda size: plain("ann@example.com " * (size // 16)),
    "codes": lambda size: plain("550 5.1.1 " * (size // 10)),
    "a dialogue": lambda size: plain(">>> RCPT\n<<< 250\n" * (size // 17)),
    "quotation marks": lambda size: plain('"' * size),
    "a reply": lambda size: plain(f"{'x' * 100} wrote\n" * (size // 107), ANN),
    "fields": lambda size: b"Received: x\n" * (size // 12) + b"\nx",
    "a long field": lambda size: b"Subject: " + b"=?utf-8?q?a?= " * (size // 14) + b"\n\nx",
    "recipients": lambda size: dsn("\n".join([failed("550 5.1.1 no")] * (size // 100))),
    "parts": lambda size: MIXED + b"\n\n" + b"--b\n\nx\n" * (size // 7),
    "HTML": lambda size: b"Content-Type: text/html\n\n" + b"<div>" * (size // 5),
}


def calls(source: bytes) -> int:
    """How many functions are called to read it."""
    count = 0

    def counted(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        read(source)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_what_is_done_grows_no_faster_than_the_report(shape: Callable[[int], bytes]) -> None:
    """Eight times the size, and no more than eight times the calls."""
    calls(shape(100))  # what is done once only
    assert calls(shape(8_000)) <= 8 * calls(shape(1_000))


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_what_is_searched_has_an_end(shape: Callable[[int], bytes]) -> None:
    """However long the report is: patterns see its beginning."""
    opened = Opened(shape(70_000))
    assert len(opened.words) <= 20_000
    assert len(opened.header("Subject")) <= 2000
    assert len(opened.groups) <= 100
    assert len(opened.beginning.as_bytes()) < 66_000


@pytest.mark.parametrize(
    "kind",
    [
        *("multipart/mixed; boundary=b\n\n--b", "message/rfc822\n", "message/global\n"),
        *("message/delivery-status\n", "message/feedback-report\n"),
    ],
)
@pytest.mark.parametrize("depth", [300, 3000])
def test_parts_within_parts_end_nobodys_patience(kind: str, depth: int) -> None:
    """Three hundred messages within each other fit into nine kilobytes."""
    assert len(read(f"Content-Type: {kind}\n".encode() * depth).reports) == 1
