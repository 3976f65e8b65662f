from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import publication
import pytest
import readers
from starlette.routing import Route

from mailer.database import Database
from mailer.web.application import create
from mailer.web.preferences import Preferences
from mailer.web.reading import Reading
from mailer.web.unsubscribing import Unsubscribing
from mailer.web.visitor import MAX_BODY
from mailer.web.way_out import WayOut

EVERY_PAGE = ["/", "/u/x", "/p/x", "/issues/x", "/pictures/x", "/robots.txt", "/healthz", "/nope"]


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_every_answer_carries_the_security_headers(site: readers.Readers, path: str) -> None:
    """Also a 404, and plain text."""
    headers = site.ask("GET", path).headers

    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    for part in ("form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert "referrer-policy" in headers


def test_a_personal_page_is_neither_kept_nor_told_nor_indexed(site: readers.Readers) -> None:
    """Its address is a key: caches, referrers and search engines must not have it."""
    for path in (site.unsubscribe(), site.preferences()):
        answer = site.ask("GET", path)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert '<meta name="robots" content="noindex">' in answer.text


def test_http_alone_promises_no_https(bench_of: Callable[[int], publication.Bench]) -> None:
    """HSTS only where the public URL is https."""
    plain = readers.make(bench_of(0), "http://localhost:8000")

    assert "strict-transport-security" not in plain.ask("GET", "/").headers


def test_no_page_has_a_script_and_the_style_is_the_one_that_the_policy_names(
    site: readers.Readers,
) -> None:
    """The hash in the policy is that of the style sheet in the page."""
    answer = site.ask("GET", site.unsubscribe())

    assert "<script" not in answer.text
    assert not re.search(r"\son\w+=|\sstyle=", answer.text)
    style = re.search(r"<style>(.*)</style>", answer.text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("host", ["evil.example", "news.example.org.evil.example", "", "a b", "["])
def test_a_foreign_host_is_refused(site: readers.Readers, host: str) -> None:
    """Nobody makes us answer under another name."""
    answer = site.ask("POST", site.unsubscribe(), headers={"host": host})

    assert answer.status_code == 400
    assert site.statuses()["monthly"] == "confirmed"
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("host", ["news.example.org", "NEWS.example.org:443", "localhost:8000"])
def test_our_own_hosts_are_answered(site: readers.Readers, host: str) -> None:
    """The public one and this machine itself."""
    assert site.ask("GET", "/healthz", headers={"host": host}).status_code == 200


def test_a_forwarded_host_is_not_believed(site: readers.Readers) -> None:
    """No page holds an address that a header made up."""
    headers = {"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}

    assert "evil.example" not in site.ask("GET", site.unsubscribe(), headers=headers).text


@pytest.mark.parametrize("path", ["unsubscribe", "preferences"])
def test_a_body_of_10_megabytes_is_refused(site: readers.Readers, path: str) -> None:
    """413, before it is read whole; nothing changes."""
    where = getattr(site, path)()

    answer = site.ask("POST", where, content=b"a=" + b"x" * 10_000_000)

    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"
    assert set(site.statuses().values()) == {"confirmed"}
    assert "content-security-policy" in answer.headers


def test_a_body_of_unknown_length_is_counted(site: readers.Readers) -> None:
    """Chunked transfer does not get around the limit."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * MAX_BODY

    assert site.ask("POST", site.unsubscribe(), content=chunks()).status_code == 413
    assert set(site.statuses().values()) == {"confirmed"}


@pytest.mark.parametrize("path", ["/u/a%0d%0aSet-Cookie:%20x=1", "/issues/a%0d%0aX-Evil:%201"])
def test_a_path_cannot_add_a_header(site: readers.Readers, path: str) -> None:
    """Line breaks in an address reach no header."""
    answer = site.ask("GET", path)

    assert answer.status_code == 404
    assert not {"set-cookie", "x-evil"} & set(answer.headers)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_do_nothing(site: readers.Readers, method: str) -> None:
    """405 with a page; the reader stays."""
    assert site.ask(method, site.unsubscribe()).status_code == 405
    assert set(site.statuses().values()) == {"confirmed"}


@pytest.mark.parametrize("path", ["/nope", "/u", "/u/", "/u/a/b", "/.env"])
def test_an_unknown_address_is_a_404_page(site: readers.Readers, path: str) -> None:
    """Never a redirect."""
    answer = site.ask("GET", path)

    assert answer.status_code == 404
    assert "<h1" in answer.text


def test_a_database_that_is_not_there_is_a_503_with_one_sentence(
    site: readers.Readers, tmp_path: Path
) -> None:
    """Nothing of our inside shows, and a provider is told to come again."""
    gone = Database(f"sqlite:///{tmp_path / 'no such folder' / 'mailer.db'}")
    store = type(site.bench.store)(gone, site.bench.store.new_token)
    way_out = WayOut(gone, site.site.now)
    parts = {"database": gone, "store": store, "way_out": way_out}
    broken = type(site.site)(**{**vars(site.site), **parts})

    answer = readers.ask(create(broken), "POST", site.unsubscribe())

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert "We cannot look anything up just now" in answer.text
    assert "Traceback" not in answer.text
    assert str(tmp_path) not in answer.text


def test_a_fault_of_ours_is_a_500_without_a_traceback(site: readers.Readers) -> None:
    """With all the security headers, though it is answered outside of the middleware."""

    def broken() -> None:
        raise RuntimeError("secret inside")

    way_out = WayOut(site.site.database, broken)
    application = create(type(site.site)(**{**vars(site.site), "way_out": way_out}))

    answer = readers.ask(application, "POST", site.unsubscribe())

    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "content-security-policy" in answer.headers


def test_a_public_url_with_a_path_has_everything_below_it(
    bench_of: Callable[[int], publication.Bench],
) -> None:
    """Links, forms and robots.txt carry the path."""
    below = readers.make(bench_of(0), "https://news.example.org/letters")
    path = below.unsubscribe()

    assert path.startswith("/letters/u/")
    assert "/letters/p/" in below.ask("GET", path).text
    assert below.ask("POST", path).status_code == 200
    assert below.ask("POST", path + "/").status_code == 404
    assert below.ask("GET", "/letters/").status_code == 200
    assert "Disallow: /letters/u/" in below.ask("GET", "/letters/robots.txt").text
    assert below.ask("GET", path.removeprefix("/letters")).status_code == 404


def test_a_scanner_that_follows_every_link_changes_nothing(site: readers.Readers) -> None:
    """GET and HEAD on each address of a copy, and on all that those pages link to."""
    site.publish(publication.edition(), (readers.PNG,))
    copy = [site.unsubscribe(), site.preferences(), "/issues/2021-01", "/", "/pictures/0a1b2c.png"]
    before = _everything(site.bench.database)
    seen: set[str] = set()
    while copy:
        path = copy.pop()
        if path in seen:
            continue
        seen.add(path)
        site.ask("HEAD", path)
        answer = site.ask("GET", path)
        assert answer.status_code == 200
        if answer.headers["content-type"].startswith("text/html"):
            copy += re.findall(r'(?:href|src|action)="(/[^"]*)"', answer.text)

    assert len(seen) >= 5
    assert _everything(site.bench.database) == before


def _everything(database: Database) -> list[object]:
    with database.read() as c:
        tables = c.exec_driver_sql("SELECT name FROM sqlite_master WHERE type='table' ORDER BY 1")
        names = tables.scalars().all()
        return [c.exec_driver_sql(f'SELECT * FROM "{name}"').all() for name in names]  # noqa: S608


def test_only_personal_pages_take_a_post(site: readers.Readers) -> None:
    """Each route either shows, or acts on a signed token."""
    routes: list[Route] = [
        route
        for part in (Reading, Preferences, Unsubscribing)
        for route in part(site.site).routes()
    ]

    for route in routes:
        assert route.methods in ({"GET", "HEAD"}, {"POST"})
        if route.methods == {"POST"}:
            assert "{token}" in route.path
