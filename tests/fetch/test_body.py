"""Bodies: whole, unpacked, and never larger than they may be, on the wire or unpacked."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

import pytest
import smallnet
from smallnet import Net

from mailer.errors import FetchError

_BOMB = gzip.compress(b"\0" * 10_000_000)
_PACKED = {"Content-Encoding": "gzip"}
_PAGE = b"<p>a page</p>" * 100
ANSWERS: smallnet.Answers = {
    "/packed": (200, _PACKED, gzip.compress(_PAGE)),
    "/older-word": (200, {"Content-Encoding": "X-GZIP"}, gzip.compress(_PAGE)),
    "/in-two": (200, _PACKED, gzip.compress(_PAGE[:200]) + gzip.compress(_PAGE[200:])),
    "/empty": (200, _PACKED, b""),
    "/bomb": (200, _PACKED, _BOMB),
    "/many-bombs": (200, _PACKED, gzip.compress(b"") * 200),
    "/not-packed": (200, _PACKED, _PAGE),
    "/cut": (200, _PACKED, gzip.compress(_PAGE)[:-9]),
    "/otherwise": (200, {"Content-Encoding": "br"}, b"x"),
    "/twice": (200, {"Content-Encoding": "gzip, gzip"}, b"x"),
    "/zlib": (200, _PACKED, zlib.compress(_PAGE)),
}


@pytest.fixture(scope="module")
def net() -> Iterator[Net]:
    with smallnet.serving(ANSWERS) as net:
        yield net


@pytest.mark.parametrize("path", ["/packed", "/older-word", "/in-two"])
def test_a_packed_page_comes_unpacked(net: Net, path: str) -> None:
    """As one file, or one after another."""
    assert net.fetcher.get(f"http://pictures.example{path}").content == _PAGE


def test_nothing_packed_is_nothing(net: Net) -> None:
    """Some servers say that they packed what is empty."""
    assert net.fetcher.get("http://pictures.example/empty").content == b""


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/bomb", "has over 2,000 bytes"),
        ("/many-bombs", "has over 2,000 bytes"),
        ("/not-packed", "packed in a way that cannot be undone"),
        ("/zlib", "packed in a way that cannot be undone"),
        ("/cut", "breaks off before its end"),
        ("/otherwise", "packed as 'br', which nobody asked for"),
        ("/twice", "packed as 'gzip, gzip'"),
    ],
)
def test_a_body_that_is_not_what_it_says_is_refused(net: Net, path: str, fault: str) -> None:
    """A bomb of ten million bytes in ten thousand, too."""
    assert len(_BOMB) < 10_000
    with pytest.raises(FetchError, match=fault):
        net.fetcher.get(f"http://pictures.example{path}")
