"""What readers will click and see is asked for before anything is sent."""

from __future__ import annotations

import dataclasses
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import newsroom
import pytest
from smallnet import PUBLIC, serving

from mailer import config
from mailer.app import App
from mailer.desk import offer, probe, sending, setup
from mailer.desk.composing import compose_file
from mailer.errors import Unreachable
from mailer.fetch import Fetcher
from mailer.ledger import editions, status
from mailer.model.edition import Edition
from mailer.web import server
from mailer.web.application import create
from mailer.web.site import site_of
from subscribers.model import Consent, SubscriptionStatus


def change(folder: Path, old: str, new: str, **environ: str) -> App:
    file = folder / "mailer.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    return App(config.load(folder, environ))


@pytest.fixture
def app(tmp_path: Path) -> App:
    """The example, whose pages are at a public address, with one reader."""
    app = newsroom.example(tmp_path / "news")
    app = change(app.folder, "https://news.example.org", "http://news.example.org:8080")
    confirmed = SubscriptionStatus.CONFIRMED
    app.store.add("ann@example.org", "monthly", {}, Consent("form", "yes"), confirmed, app.now())
    return app


def stored(app: App) -> Edition:
    """January's edition, as a send leaves it in the database before it asks."""
    composition = compose_file(app, app.folder / "issues" / "2021-01.md")
    _, edition = composition.complete()
    with app.database.write() as c:
        editions.store(c, edition, composition.pictures, app.now())
    return edition


@contextmanager
def public(app: App) -> Iterator[Fetcher]:
    """The readers' pages, on an address of the open net as far as a fetcher can tell."""
    with server.listen("127.0.0.1", 0) as listener:
        where = listener.getsockname()[:2]
        with server.running(create(site_of(app)), listener):
            yield dataclasses.replace(
                probe.fetcher_of(app),
                resolve=lambda _host, _port: [PUBLIC],
                connect=lambda _address, _port, seconds: socket.create_connection(where, seconds),
            )


def faults(app: App, edition: Edition, fetcher: Fetcher) -> list[str]:
    with pytest.raises(Unreachable) as error:
        probe.require_reachable(app, edition, fetcher)
    return str(error.value).splitlines()


def test_a_publication_whose_pages_answer_may_send(app: App) -> None:
    """At the public URL, on its own port: probe, unsubscribe page, every picture."""
    edition = stored(app)
    assert len(probe.pictures_of(edition)) == 6
    with public(app) as fetcher:
        probe.require_reachable(app, edition, fetcher)


def test_a_picture_that_is_not_there_is_named(app: App) -> None:
    """The edition was never stored, so `mailer web` has none of its pictures."""
    _, edition = compose_file(app, app.folder / "issues" / "2021-01.md").complete()
    with public(app) as fetcher:
        found = faults(app, edition, fetcher)
    assert len(found) == 6
    assert all(re.search(r"/pictures/.* is not there: the server says 404", line) for line in found)


def test_pages_with_other_keys_are_not_ours(app: App, tmp_path: Path) -> None:
    """Readers could not unsubscribe: the pages do not know the keys of their links."""
    other = setup.init(tmp_path / "other", example=True)
    other = change(other.folder, "https://news.example.org", "http://news.example.org:8080")
    with public(other) as fetcher:
        [line] = faults(app, stored(app), fetcher)
    where = "the readers' pages: http://news.example.org:8080"
    assert line.startswith(f"{where} is not there: the server says 404: let `mailer web` run")


class Parked(dict[str, tuple[int, dict[str, str], bytes]]):
    """A domain that says 200 to whatever it is asked."""

    def __missing__(self, _path: str) -> tuple[int, dict[str, str], bytes]:
        return 200, {"Content-Type": "text/html"}, b"<h1>For sale</h1>"


def with_pictures_elsewhere(app: App) -> Edition:
    edition = stored(app)
    html = tuple(
        part.replace("http://news.example.org:8080/pictures", "http://pictures.example")
        if isinstance(part, str)
        else part
        for part in edition.html
    )
    return dataclasses.replace(edition, html=html)


def test_a_server_that_answers_everything_is_not_taken_for_ours(app: App) -> None:
    """Nor what it has for pictures."""
    with serving(Parked()) as net:
        net.names["news.example.org"] = [PUBLIC]
        fetcher = dataclasses.replace(net.fetcher, ports=frozenset({8080}))
        first, *pictures = faults(app, with_pictures_elsewhere(app), fetcher)
    assert "leads to something else than this publication's `mailer web`" in first
    assert all("is text/html: mend the web server" in line for line in pictures)
    assert len(pictures) == 6


def test_an_unsubscribe_page_that_leads_on_is_a_fault(app: App) -> None:
    """A POST is not repeated there."""

    class Moved(Parked):
        def __missing__(self, path: str) -> tuple[int, dict[str, str], bytes]:
            if path.startswith("/probe/"):
                return 200, {}, app.links.answer(path.rpartition("/")[2]).encode()
            return 301 if path != "/moved" else 200, {"Location": "/moved"}, b""

    with serving(Moved()) as net:
        net.names["news.example.org"] = [PUBLIC]
        fetcher = dataclasses.replace(net.fetcher, ports=frozenset({8080}))
        [line] = faults(app, stored(app), fetcher)
    assert "leads on to http://news.example.org:8080/moved, where one-click" in line


def test_when_nobody_answers_it_is_said_once(app: App) -> None:
    """The pictures below the same address would fail for the same reason."""
    with serving({}) as net:
        net.names["news.example.org"] = ["127.0.0.1"]
        fetcher = dataclasses.replace(net.fetcher, ports=frozenset({8080}))
        [line] = faults(app, stored(app), fetcher)
    assert "leads to news.example.org, which is not on the open net" in line
    assert line.endswith("or set [send] probe = false in mailer.toml")


def test_a_test_links_pictures_that_are_there_and_carries_others(app: App) -> None:
    """`mailer web` has those of stored editions; while it does not run, it has none."""
    composition = compose_file(app, app.folder / "issues" / "2021-01.md")
    with public(app) as fetcher:
        drafted = sending.for_tests(app, composition, fetcher)
        stored(app)
        assert sending.for_tests(app, composition, fetcher) is composition
    with serving({}) as net:
        net.names["news.example.org"] = ["127.0.0.1"]
        alone = sending.for_tests(app, composition, net.fetcher)
    assert composition.edition is not None
    for tried in (drafted, alone):
        assert tried.edition is not None
        assert tried.edition.carried == composition.edition.pictures
        assert probe.pictures_of(tried.edition) == []


def test_nobody_is_asked_where_no_picture_is_linked(app: App) -> None:
    """Carried ones travel anyway."""
    carried = compose_file(app, app.folder / "issues" / "2021-01.md", carried=True)
    with serving({}) as net:
        net.names["news.example.org"] = [PUBLIC]
        fetcher = dataclasses.replace(net.fetcher, ports=frozenset({8080}))
        assert sending.for_tests(app, carried, fetcher) is carried
        assert net.connections == []


class TestSending:
    """`send` asks before it plans, off loopback only."""

    def begin(self, app: App) -> int:
        composition = compose_file(app, app.folder / "issues" / "2021-01.md")
        made = offer.offer(app, composition, None, late=False, expect=1)
        return offer.begin(app, composition, made)

    def test_a_send_that_leaves_this_machine_is_refused(self, app: App) -> None:
        """Nothing is planned, so the issue may still be mended."""
        app = change(app.folder, "smtp://localhost:1025", "smtp://192.0.2.1:25")
        app = change(app.folder, "http://news.example.org:8080", "http://127.0.0.1:9")
        with pytest.raises(Unreachable, match="not on the open net"):
            self.begin(app)
        with app.database.read() as c:
            assert status.statuses(c) == []

    @pytest.mark.parametrize(
        ("relay", "probe"), [("smtp://192.0.2.1:25", "false"), ("smtp://localhost:25", "true")]
    )
    def test_who_does_not_want_to_be_asked_is_not(self, app: App, relay: str, probe: str) -> None:
        """[send] probe = false; and for a relay on this machine nobody asks at all."""
        app = change(app.folder, "http://news.example.org:8080", "http://127.0.0.1:9")
        app = change(app.folder, "smtp://localhost:1025", relay, MAILER_SEND__PROBE=probe)
        assert self.begin(app) == 1
