"""Fetching: what is public and small enough comes, everything else is refused by name."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import smallnet
from smallnet import PUBLIC, SILENT, Net

from mailer.errors import FetchError
from mailer.fetch import Fetcher, is_public

ANSWERS: smallnet.Answers = {
    "/a.png": (200, {"Content-Type": "Image/PNG; x=y"}, b"a picture"),
    "/moved": (301, {"Location": "/a.png"}, b""),
    "/moved-oddly": (301, {"Location": "/b c.png?d=Ã©"}, b""),
    "/moved-badly": (301, {"Location": "/\x1b[31m"}, b""),
    "/elsewhere": (302, {"Location": "http://other.example/a.png"}, b""),
    "/inside": (302, {"Location": "http://inside.example/a.png"}, b""),
    "/file": (302, {"Location": "file:///etc/passwd"}, b""),
    "/round": (307, {"Location": "/round"}, b""),
    "/lost": (404, {}, b"no"),
    "/large": (200, {}, b"x" * 2001),
    "/cut": (200, {"Content-Length": "99"}, b"x"),
    "/moved-twice": (308, {"Location": "/moved"}, b""),
    "/now-there": (302, {"Location": "/moved"}, b""),
    "/gone": (410, {}, b"no"),
    "/no-head": (200, {}, b"a page"),
    "/no-head-dropped": (200, {}, b"a page"),
    "/b%20c.png?d=%C3%A9": (200, {"Content-Type": "image/png"}, b"quoted"),
}


@pytest.fixture
def net() -> Iterator[Net]:
    with smallnet.serving(ANSWERS) as net:
        net.names |= {
            "other.example": [SILENT, "93.184.215.15"],
            "inside.example": ["10.0.0.7"],
            "both.example": [PUBLIC, "127.0.0.1"],
        }
        yield net


def test_what_is_public_comes_with_its_type(net: Net) -> None:
    """Asked once, with a name that says who asks, at the address that was checked."""
    found = net.fetcher.get("http://pictures.example/a.png#part")
    assert (found.media_type, found.content) == ("image/png", b"a picture")
    assert found.url == "http://pictures.example/a.png"
    assert net.connections == [(PUBLIC, 80)]
    ((path, headers),) = net.asked
    assert (path, headers["Host"]) == ("/a.png", "pictures.example")
    assert headers["User-Agent"] == "tests (+https://news.example.org)"


def test_redirects_are_followed_and_each_is_checked(net: Net) -> None:
    """The second host has an address that does not answer, and another that does."""
    assert net.fetcher.get("http://pictures.example/moved").content == b"a picture"
    assert net.fetcher.get("http://pictures.example/elsewhere").url == "http://other.example/a.png"
    assert net.connections[-2:] == [(SILENT, 80), ("93.184.215.15", 80)]


def test_other_letters_in_an_address_are_quoted(net: Net) -> None:
    """As a browser does; the host goes in A-labels."""
    net.names["xn--bcher-kva.example"] = [PUBLIC]
    found = net.fetcher.get("http://bücher.example/b c.png?d=é")
    assert (found.url.split("/")[2], found.content) == ("xn--bcher-kva.example", b"quoted")


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://inside.example/a.png", "inside.example, which is not on the open net"),
        ("http://both.example/a.png", "not on the open net"),
        ("http://pictures.example/inside", "inside.example, which is not on the open net"),
        ("http://127.0.0.1/", "not on the open net"),
        ("http://2130706433/", "not on the open net"),
        ("http://[::1]/", "not on the open net"),
        ("http://localhost/", "not on the open net"),
        ("http://pictures.example/file", "no address of the web"),
        ("file:///etc/passwd", "no address of the web"),
        ("ftp://pictures.example/a.png", "no address of the web"),
        ("http:///a.png", "no address of the web"),
        ("http://[/a.png", "no address of the web"),
        ("http://pictures.example:x/", "no address of the web"),
        ("http://pictures.example:25/", "names port 25"),
        ("http://user:word@pictures.example/", "a login"),
        ("http://pictures.example/round", "leads on and on"),
        ("http://pictures.example/lost", "the server says 404"),
        ("http://pictures.example/large", "has over 2,000 bytes"),
        ("http://pictures.example/cut", "breaks off|cannot be fetched"),
        ("https://pictures.example/a.png", "cannot be fetched"),
    ],
)
def test_what_may_not_or_cannot_be_had_is_refused(net: Net, url: str, fault: str) -> None:
    """And no connection is made to an address that is not public."""
    with pytest.raises(FetchError, match=fault):
        net.fetcher.get(url)
    assert all(is_public(address) for address, _ in net.connections)


def test_a_name_that_changes_its_mind_gains_nothing(net: Net) -> None:
    """DNS rebinding: asked once a request, and the address that was checked is connected to."""
    minds = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
    fetcher = replace(net.fetcher, resolve=lambda _host, _port: next(minds))
    assert fetcher.get("http://pictures.example/a.png").content == b"a picture"
    with pytest.raises(FetchError, match="not on the open net"):
        fetcher.get("http://pictures.example/a.png")
    assert net.connections == [(PUBLIC, 80)]


def test_a_page_without_an_end_is_left(net: Net) -> None:
    """Once it is larger than may be, though it never says how large it is."""
    with pytest.raises(FetchError, match="has over 2,000 bytes"):
        net.fetcher.get("http://pictures.example/endless")


def test_where_a_redirect_leads_is_quoted_as_its_octets_came(net: Net) -> None:
    """Other letters as UTF-8, as browsers do; what a terminal would obey is none of an address."""
    found = net.fetcher.get("http://pictures.example/moved-oddly")
    assert (found.content, found.moved) == (b"quoted", "http://pictures.example/b%20c.png?d=%C3%A9")
    answer = net.fetcher.look("http://pictures.example/moved-badly")
    assert answer.url == "http://pictures.example/%1B[31m"


def test_a_page_says_where_it_has_moved_for_good(net: Net) -> None:
    """As a look does; a redirect for now is none of those."""
    site = "http://pictures.example"
    assert net.fetcher.get(f"{site}/moved-twice").moved == f"{site}/a.png"
    assert net.fetcher.get(f"{site}/now-there").moved is None


@pytest.mark.parametrize(
    ("path", "status", "end", "moved"),
    [
        ("/a.png", 200, "/a.png", None),
        ("/moved", 200, "/a.png", "/a.png"),
        ("/moved-twice", 200, "/a.png", "/a.png"),
        ("/now-there", 200, "/a.png", None),
        ("/lost", 404, "/lost", None),
        ("/gone", 410, "/gone", None),
        ("/no-head", 200, "/no-head", None),
        ("/no-head-dropped", 200, "/no-head-dropped", None),
    ],
)
def test_a_look_tells_state_and_whereabouts(
    net: Net, path: str, status: int, end: str, moved: str | None
) -> None:
    """Permanent redirects count as far as no other comes before them."""
    site = "http://pictures.example"
    answer = net.fetcher.look(site + path)
    assert (answer.status, answer.url) == (status, site + end)
    assert answer.moved == (None if moved is None else site + moved)


def test_a_look_asks_for_no_content_unless_the_server_says_no(net: Net) -> None:
    """HEAD, and GET where that is refused or dropped; neither reads what follows the headers."""
    assert net.fetcher.look("http://pictures.example/large").status == 200
    assert net.fetcher.look("http://pictures.example/cut").status == 200
    assert len(net.connections) == 2
    assert net.fetcher.look("http://pictures.example/lost").status == 404
    assert len(net.connections) == 4


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/inside", "inside.example, which is not on the open net"),
        ("/file", "no address of the web"),
        ("/round", "leads on and on"),
    ],
)
def test_a_look_is_as_careful_as_a_fetch(net: Net, path: str, fault: str) -> None:
    """Each redirect is checked anew."""
    with pytest.raises(FetchError, match=fault):
        net.fetcher.look(f"http://pictures.example{path}")
    assert all(is_public(address) for address, _ in net.connections)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return smallnet.certificate(tmp_path)


def test_https_asks_for_the_name_and_checks_the_certificate(certificate: Path) -> None:
    """Although the connection goes to an address; another name or an unknown issuer is refused."""
    with smallnet.serving(ANSWERS, smallnet.server_side(certificate)) as net:
        net.names["other.example"] = [PUBLIC]
        with pytest.raises(FetchError, match="its certificate is not valid"):
            net.fetcher.get("https://pictures.example/a.png")
        trusting = replace(
            net.fetcher, trust=lambda: ssl.create_default_context(cafile=certificate)
        )
        assert trusting.get("https://pictures.example/a.png").content == b"a picture"
        with pytest.raises(FetchError, match="its certificate is not valid"):
            trusting.get("https://other.example/a.png")
        with pytest.raises(FetchError, match="leads away from https"):
            trusting.get("HTTPS://pictures.example/elsewhere")
        with pytest.raises(FetchError, match="cannot be fetched"):
            replace(trusting, seconds=0.5).get("https://pictures.example/slow")


def test_a_server_that_drips_is_cut_off(net: Net) -> None:
    """Although it never lets a single read wait."""
    with pytest.raises(FetchError, match="cannot be fetched"):
        replace(net.fetcher, seconds=0.3).get("http://pictures.example/slow")


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        "0.0.0.0",  # noqa: S104 - refused, not bound
        *("100.64.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
        *("::", "::1", "fe80::1%eth0", "fc00::1", "ff02::1", "ff0e::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1"),
        *("fec0::1", "3fff::1", "5f00::1", "64:ff9b:1::1", "2001::1", "192.0.0.8", "192.88.99.1"),
    ],
)
def test_an_address_of_ones_own_net_is_not_public(address: str) -> None:
    """Nor one that packs such an address into another."""
    assert not is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_an_address_of_the_open_net_is_public(address: str) -> None:
    """Of both families, and one of IPv4 behind NAT64."""
    assert is_public(address)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (socket.gaierror(-2, "Name or service not known"), "there is no such host"),
        (ConnectionRefusedError(111, "Connection refused"), "no server answers there"),
        (TimeoutError(), "no answer in time"),
        (TimeoutError(110, "Connection timed out"), "no answer in time"),
        (OSError(113, "No route to host"), "No route to host"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]"), "no encrypted connection comes about"),
        (OSError(), "the connection ended"),
        (ssl.SSLEOFError(8, "EOF occurred"), "the connection ended"),
        (http.client.BadStatusLine("x"), "what it says is no answer of the web"),
        (ValueError("odd"), "odd"),
    ],
)
def test_what_stood_in_the_way_is_told_in_plain_words(error: Exception, said: str) -> None:
    """Without the numbers of an operating system."""

    def fail(_host: str, _port: int) -> list[str]:
        raise error

    with pytest.raises(FetchError) as raised:
        Fetcher("tests", resolve=fail).get("https://example.org/")
    assert str(raised.value) == f"cannot be fetched: {said}"


def test_a_dead_host_is_not_waited_for_as_long_as_a_slow_one() -> None:
    """Five seconds for a connection; what comes over it has its twenty."""
    ours, theirs = socket.socketpair()
    theirs.close()
    asked = []

    def connect(_address: str, _port: int, seconds: float) -> socket.socket:
        asked.append(seconds)
        return ours

    fetcher = Fetcher("tests", resolve=lambda _host, _port: [PUBLIC], connect=connect)
    with pytest.raises(FetchError):
        fetcher.get("http://pictures.example/a.png")
    assert asked == [5.0]
    assert ours.gettimeout() == 20.0
