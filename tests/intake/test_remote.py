"""A picture on the web is asked for once, for its size, and cited where it is."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import drawing
import pytest
import smallnet
from smallnet import Net

from mailer.fetch import Fetcher
from mailer.intake.imaging.fault import PictureFault
from mailer.intake.remote import RemotePictures
from mailer.model.content import Picture
from mailer.model.edition import PictureSize

NOW = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)
URL = "http://pictures.example"
ANSWERS: smallnet.Answers = {
    "/a.png": (200, {}, drawing.saved(drawing.drawing(90, 60))),
    "/a.webp": (200, {}, drawing.saved(drawing.drawing(90, 60), "WEBP")),
    "/page": (200, {"Content-Type": "image/png"}, b"<html>Not found</html>"),
    "/none": (200, {}, b""),
    "/lost.png": (404, {}, b""),
}


@pytest.fixture
def net() -> Iterator[Net]:
    with smallnet.serving(ANSWERS) as net:
        yield net


def remote(net: Net, folder: Path, now: dt.datetime = NOW) -> RemotePictures:
    return RemotePictures(replace(net.fetcher, largest=50_000), folder, lambda: now)


def test_it_is_asked_for_once(net: Net, tmp_path: Path) -> None:
    """The size is kept; a record that is spoilt or deleted is made anew."""
    for _ in range(3):
        assert remote(net, tmp_path).size(f"{URL}/a.png") == PictureSize(90, 60)
    assert len(net.connections) == 1
    (record,) = tmp_path.iterdir()
    for spoilt in ("", "[]", "{}", '{"width": null, "height": 3}'):
        record.write_text(spoilt, encoding="utf-8")
        assert remote(net, tmp_path).size(f"{URL}/a.png") == PictureSize(90, 60)
    assert len(net.connections) == 5


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/a.webp", "is WEBP, which mail clients do not all show"),
        ("/page", "is no picture"),
        ("/none", "is empty"),
        ("/lost.png", "the server says 404: mend the address, or save it"),
    ],
)
def test_what_readers_would_not_see_is_named(
    net: Net, tmp_path: Path, path: str, fault: str
) -> None:
    """Whatever type the server claims. It is asked again after some minutes, not at every save."""
    for minutes, connections in ((0, 1), (4, 1), (6, 2)):
        later = NOW + dt.timedelta(minutes=minutes)
        with pytest.raises(PictureFault, match=fault):
            remote(net, tmp_path, later).size(URL + path)
        assert len(net.connections) == connections


@pytest.mark.parametrize(
    ("source", "is_remote"),
    [
        *(("https://example.org/a.png", True), ("HTTP://example.org/a.png", True)),
        *((path, False) for path in ("images/a.png", "ftp://example.org/a.png", "data:,", "//a/b")),
    ],
)
def test_only_the_web_is_remote(source: str, is_remote: bool) -> None:
    """A path is not, nor is any other scheme."""
    assert Picture(source, "", "", 1).is_remote is is_remote


def test_a_server_that_says_nothing_is_not_waited_for_long(tmp_path: Path) -> None:
    """An editor waits for the preview; what comes in pieces has its time."""
    ours, theirs = socket.socketpair()
    theirs.close()

    def connect(_address: str, _port: int, _seconds: float) -> socket.socket:
        return ours

    fetcher = Fetcher("tests", resolve=lambda _host, _port: ["93.184.216.34"], connect=connect)
    with pytest.raises(PictureFault):
        RemotePictures(fetcher, tmp_path, lambda: NOW).size(f"{URL}/a.png")
    assert (ours.gettimeout(), fetcher.seconds) == (5.0, 20.0)
