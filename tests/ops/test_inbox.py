from __future__ import annotations

import re
import smtplib
from collections.abc import Callable, Iterator

import publication
import pytest
import readers

from mailer.ops import inbox
from mailer.ops.catcher import HOST, Catcher

_HTML = (
    b"Subject: Hello <b>\r\nFrom: Editor <editor@example.org>\r\n"
    b"List-Unsubscribe: <http://localhost/u/x>\r\nContent-Type: text/html\r\n\r\n"
    b"<html><head></head><body><script>alert(1)</script><p>body</p></body></html>\r\n"
)


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    with Catcher() as started:
        yield started


def _fill(catcher: Catcher, count: int, source: bytes = _HTML) -> None:
    with smtplib.SMTP(HOST, catcher.port, timeout=10) as client:
        for number in range(1, count + 1):
            client.sendmail("editor@example.org", [f"reader{number}@example.org"], source)


def _get(catcher: Catcher, path: str) -> str:
    answer = readers.ask(inbox.create(catcher), "GET", path, headers={"host": "localhost"})
    assert answer.status_code == 200
    return answer.text


def _recipients(page: str) -> list[str]:
    return re.findall(r'<span class="to">([^<]*)</span>', page)


def test_an_empty_inbox_says_so(catcher: Catcher) -> None:
    assert "Nothing was caught yet" in _get(catcher, "/inbox/")


def test_the_newest_comes_first_with_recipient_and_subject(catcher: Catcher) -> None:
    """And what a subject holds is escaped."""
    _fill(catcher, 3)

    page = _get(catcher, "/inbox/")

    assert _recipients(page) == [f"reader{n}@example.org" for n in (3, 2, 1)]
    assert "Hello &lt;b&gt;" in page
    assert 'href="/inbox/3"' in page


def test_five_hundred_messages_are_paged(catcher: Catcher) -> None:
    """Following "Older" shows every message once; numbers out of range are harmless."""
    _fill(catcher, 510)
    path, seen = "/inbox/", []
    while path:
        page = _get(catcher, path)
        seen += _recipients(page)
        older = re.search(r'<a href="([^"]+)" rel="next">', page)
        path = older[1].replace("&amp;", "&") if older else ""

    assert len(seen) == len(set(seen)) == 510
    assert _recipients(_get(catcher, "/inbox/?page=99999")) == seen[-10:]
    for wrong in ("0", "-1", "x", "²", "9" * 50):
        assert _recipients(_get(catcher, f"/inbox/?page={wrong}")) == seen[:50]


def test_a_recipient_is_found_by_a_part_of_the_address(catcher: Catcher) -> None:
    """Whatever the case; the pages keep the search, and no search finds nothing by accident."""
    _fill(catcher, 120)

    page = _get(catcher, "/inbox/?to=READER1")

    assert set(_recipients(page)) <= {f"reader{n}@example.org" for n in range(1, 200)}
    assert "32 of 120 messages" in page
    assert 'value="READER1"' in page
    assert "to=reader%40" not in page
    assert "0 of 120" in _get(catcher, "/inbox/?to=nobody")
    assert "to=READER" in _get(catcher, "/inbox/?to=READER")


def test_a_search_is_escaped(catcher: Catcher) -> None:
    assert "<script" not in _get(catcher, '/inbox/?to="><script>')


def test_a_message_is_shown_in_four_ways(catcher: Catcher) -> None:
    """HTML in a frame, text, headers and source, each at an address of its own."""
    _fill(catcher, 1)

    assert '<iframe class="message" src="/inbox/1/frame" sandbox="' in _get(catcher, "/inbox/1")
    assert "no such part" in _get(catcher, "/inbox/1/text")
    assert "&lt;http://localhost/u/x&gt;" in _get(catcher, "/inbox/1/headers")
    assert "&lt;script&gt;alert(1)" in _get(catcher, "/inbox/1/source")
    assert 'href="http://localhost/u/x"' in _get(catcher, "/inbox/1")


def test_a_message_of_text_alone_opens_as_text(catcher: Catcher) -> None:
    _fill(catcher, 1, b"Subject: x\r\n\r\nonly <text>\r\n")

    assert "only &lt;text&gt;" in _get(catcher, "/inbox/1")


def test_the_frame_can_run_and_fetch_nothing(catcher: Catcher) -> None:
    """Its own policy: no script, no form, pictures from this machine alone, and a sandbox that
    holds where it is opened without the frame too."""
    _fill(catcher, 1)
    application = inbox.create(catcher)

    answer = readers.ask(application, "GET", "/inbox/1/frame", headers={"host": "localhost"})

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "https:" not in policy
    assert "frame-ancestors 'self'" in policy
    assert policy.endswith("sandbox allow-popups allow-popups-to-escape-sandbox")
    assert "<script>alert(1)</script>" in answer.text
    assert '<head><base target="_blank">' in answer.text


@pytest.mark.parametrize(
    "path", ["/inbox/2", "/inbox/0", "/inbox/1/nope", "/inbox/x", "/inbox/1/2/3"]
)
def test_what_is_not_there_is_a_404_page(catcher: Catcher, path: str) -> None:
    _fill(catcher, 1)

    answer = readers.ask(inbox.create(catcher), "GET", path, headers={"host": "localhost"})

    assert answer.status_code == 404
    assert "There is no such message" in answer.text
    assert "content-security-policy" in answer.headers


def test_a_frame_of_a_message_without_html_is_a_404(catcher: Catcher) -> None:
    _fill(catcher, 1, b"\r\ntext\r\n")

    answer = readers.ask(inbox.create(catcher), "GET", "/inbox/1/frame", headers={"host": "[::1]"})

    assert answer.status_code == 404


def test_another_site_cannot_read_the_inbox(catcher: Catcher) -> None:
    """A name that was bent to point at this machine is refused."""
    answer = readers.ask(inbox.create(catcher), "GET", "/inbox/", headers={"host": "evil.example"})

    assert answer.status_code == 400


def test_the_readers_pages_stand_beside_the_inbox(
    catcher: Catcher, bench_of: Callable[[int], publication.Bench]
) -> None:
    """One port for both: the inbox at /inbox/, everything else theirs, one click too."""
    site = readers.make(bench_of(0))
    both = inbox.create(catcher, site.application)

    assert "Neurodigest" in readers.ask(both, "GET", "/").text
    assert readers.ask(both, "POST", site.unsubscribe()).status_code == 200
    assert site.statuses()["monthly"] == "unsubscribed"
    local = {"host": "localhost:8000"}
    assert readers.ask(both, "GET", "/inbox/", headers=local).status_code == 200
    assert readers.ask(both, "GET", "/inbox", headers=local).headers["location"] == "/inbox/"


def test_the_inbox_alone_is_found_at_the_root_too(catcher: Catcher) -> None:
    answer = readers.ask(inbox.create(catcher), "GET", "/")

    assert answer.headers["location"] == "/inbox/"
