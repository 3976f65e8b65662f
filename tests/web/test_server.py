from __future__ import annotations

import http.client
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import readers
from databases import migrated_file
from program import Started
from warm import Warm

from mailer.app import open_app
from mailer.errors import MailerError
from mailer.web import server
from mailer.web.application import create
from mailer.web.site import site_of
from subscribers.model import Consent, SubscriptionStatus

_TOML = """
[publication]
id = "neurodigest"
name = "Neurodigest"
from = "Neurodigest <editor@example.org>"
url = "https://news.example.org"
list = "monthly"
[look.light]
accent = "#123456"
"""
_SECRETS = '[keys]\nlink = 1\n[keys.links]\n1 = "0123456789abcdef0123456789abcdef"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A publication in a folder, with one reader."""
    (tmp_path / "mailer.toml").write_text(_TOML)
    (tmp_path / "secrets.toml").write_text(_SECRETS)
    (tmp_path / "secrets.toml").chmod(0o600)
    migrated_file(tmp_path / "mailer.db")
    app = open_app(tmp_path)
    app.store.create_list("monthly", "Monthly", "monthly.example.org", app.now())
    consent = Consent("a test", "yes")
    confirmed = SubscriptionStatus.CONFIRMED
    app.store.add("anne@example.org", "monthly", {}, consent, confirmed, app.now())
    app.database.close()
    return tmp_path


@pytest.fixture
def served(folder: Path) -> Iterator[tuple[Started, str]]:
    """`mailer web`: (process, URL)."""
    process = Warm(folder).start("web", "--port", "0")
    assert process.stderr is not None
    said = process.stderr.readline()
    try:
        yield process, said.partition("pages at ")[2].split()[0]
    finally:
        process.kill()
        process.communicate()


def _ask(url: str, method: str, path: str, body: str | None = None) -> http.client.HTTPResponse:
    """A request whose path goes out exactly as it stands."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def _link(folder: Path) -> tuple[str, bytes]:
    app = open_app(folder)
    token = app.store.show("anne@example.org").subscriptions[0].token
    app.database.close()
    return app.links.unsubscribe(token).removeprefix(app.config.publication.url), token


def test_a_served_publication_unsubscribes_and_stops_cleanly(
    folder: Path, served: tuple[Started, str]
) -> None:
    """A real server on a free port: one click, then SIGTERM, exit status 0, no token in its log."""
    process, url = served
    path, _ = _link(folder)

    assert _ask(url, "HEAD", path).status == 200
    answer = _ask(url, "POST", path, "List-Unsubscribe=One-Click")
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=10)

    assert answer.status == 200
    assert answer.getheader("server") is None
    assert process.returncode == 0
    assert path.removeprefix("/u/") not in log
    app = open_app(folder)
    status = app.store.show("anne@example.org").subscriptions[0].status
    app.database.close()
    assert status is SubscriptionStatus.UNSUBSCRIBED


def test_ctrl_c_is_no_failure(served: tuple[Started, str]) -> None:
    """The editor stops it, so it ends with 0 and no traceback."""
    process, _ = served

    process.send_signal(signal.SIGINT)
    _, log = process.communicate(timeout=10)

    assert process.returncode == 0
    assert "Traceback" not in log


@pytest.mark.parametrize(
    "path",
    [
        "/pictures/../mailer.db",
        "/pictures/../../../../../../etc/passwd",
        "/pictures/..%2f..%2fsecrets.toml",
        "/pictures//etc/passwd",
        "/issues/../secrets.toml",
        "//evil.example/..",
        "/u/../../mailer.toml",
    ],
)
def test_no_path_leads_out_of_the_pages(site: readers.Readers, path: str) -> None:
    """Sent to a real socket, where no client tidies the path up first."""
    with (
        server.listen("127.0.0.1", 0) as listener,
        server.running(site.application, listener) as url,
    ):
        assert _ask(url, "GET", path).status == 404


def test_the_pages_wear_the_publications_own_look(folder: Path) -> None:
    """Name, contact and colours are those of mailer.toml; other colours are the family's."""
    app = open_app(folder)
    page = readers.ask(create(site_of(app)), "GET", "/").text
    app.database.close()

    assert "<h1" in page
    assert "Neurodigest" in page
    assert "mailto:editor@example.org" in page
    assert "--accent:#123456" in page
    assert "--paper:#ffffff" in page


def test_a_port_in_use_is_one_clear_line() -> None:
    """It names the address and what to choose instead."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(MailerError) as caught:
            server.listen("127.0.0.1", port)

    assert f"127.0.0.1:{port}" in str(caught.value)
    assert "--port" in str(caught.value)


def test_an_ipv6_address_is_a_url_in_brackets() -> None:
    """RFC 3986 §3.2.2; where the machine has no such address, it is one clear line."""
    if not _has_ipv6():
        with pytest.raises(MailerError, match=r"^::1:0: cannot listen there"):
            server.listen("::1", 0)
        return
    with server.listen("::1", 0) as listener:
        assert server.address(listener).startswith("http://[::1]:")


def _has_ipv6() -> bool:
    """Whether its loopback has the address, by what the kernel says."""
    addresses = Path("/proc/net/if_inet6")
    return addresses.exists() and f"{1:032} " in addresses.read_text(encoding="ascii")


def test_nothing_is_left_running(site: readers.Readers) -> None:
    """After the block nobody answers at the address any more."""
    with (
        server.listen("127.0.0.1", 0) as listener,
        server.running(site.application, listener) as url,
    ):
        assert _ask(url, "GET", "/healthz").status == 200

    with pytest.raises(ConnectionRefusedError):
        _ask(url, "GET", "/healthz")
