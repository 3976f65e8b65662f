"""Feeds: RSS and Atom, whole or broken, and what is none."""

from __future__ import annotations

import datetime as dt

import pytest

from mailer.intake.inbox.feed import Entry, read

RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>A &amp; B</title>
<item><title>First &lt;b&gt;bold&lt;/b&gt;</title><link>https://example.org/1</link>
<description>&lt;p&gt;Some &amp;amp; more.&lt;/p&gt;</description>
<pubDate>Tue, 12 Jan 2021 09:00:00 +0100</pubDate></item>
<item><title>Relative</title><link>/2</link><pubDate>no date</pubDate></item>
<item><title>No link</title></item>
<item><link>https://example.org/untitled</link></item>
<item><title>Script</title><link>javascript:alert(1)</link></item>
<item><title>Broken</title><link>https://[</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Журнал</title>
<entry><title type="html">1 &lt; 2</title><link href="https://example.org/a"/>
<updated>2021-01-12T08:00:00Z</updated><summary>Кратко</summary></entry></feed>""".encode("koi8-r")
MORNING = dt.datetime(2021, 1, 12, 8, 0, tzinfo=dt.UTC)


def test_a_feed_of_rss_is_read() -> None:
    """Markup is no text, a relative link is one of the feed, and what leads nowhere is left out."""
    feed = read(RSS, "https://example.org/feed.xml")
    assert feed
    assert feed.title == "A & B"
    assert feed.entries == (
        Entry("https://example.org/1", "First bold", "Some & more.", MORNING),
        Entry("https://example.org/2", "Relative", "", None),
    )


def test_a_feed_of_atom_is_read() -> None:
    """In the characters that its declaration names."""
    head = b'<?xml version="1.0" encoding="koi8-r"?>'
    feed = read(head + ATOM, "https://example.org/")
    assert feed
    assert feed.title == "Журнал"
    assert feed.entries[0].summary == "Кратко"
    assert feed.entries[0].at == MORNING


def test_a_feed_that_breaks_off_gives_what_it_has() -> None:
    """As far as its items are whole."""
    feed = read(RSS[: RSS.index(b"<item><title>No link")], "https://example.org/")
    assert feed
    assert len(feed.entries) == 2


def test_entities_that_multiply_gain_nothing() -> None:
    """A feed may not fill our memory, or read our files."""
    lol = b'<!ENTITY a "lol">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
    )
    bomb = b"<!DOCTYPE rss [" + lol + b'<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    start = b'<rss version="2.0"><channel><title>&j;&f;</title></channel></rss>'
    feed = read(b"<?xml version='1.0'?>" + bomb + start, "https://example.org/")
    assert feed is None or (len(feed.title) < 1000 and "root" not in feed.title)


@pytest.mark.parametrize(
    "content", [b"", b"<html><title>A page</title></html>", b"\xff\x00", b"{}"]
)
def test_a_page_is_no_feed(content: bytes) -> None:
    """Nor is nothing."""
    assert read(content, "https://example.org/") is None
