"""How an issue is found: by the search, in a feed, by search engines."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from typing import Any

import publication
import pytest
import readers
from lxml import etree

from mailer.web.search import MOST_WORDS, snippet, text_of

ATOM = {"a": "http://www.w3.org/2005/Atom"}
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def issue(issue_id: str, title: str, text: str, **changes: Any) -> Any:
    page = f"<!DOCTYPE html><html><head><title>x</title></head><body><main>{text}</main></body>"
    edition = publication.edition(issue_id, title=title, page=f"{page}</html>", **changes)
    return dataclasses.replace(edition, date=dt.date.fromisoformat(f"{issue_id}-28"))


@pytest.fixture
def archive(site: readers.Readers) -> readers.Readers:
    site.post(issue("2020-10", "October", "<h2>Café</h2><p>Of <b>clips</b> and films.</p>"))
    site.post(issue("2020-11", "November", "<p>Secret: <!-- clip --> none</p>"))
    site.post(issue("2021-01", "January", "<p>Clips, and a <a href='#x'>CAFE</a></p>"))
    site.post(issue("2021-01", "Januar", "<p>Über Clips</p>", lang="de"))
    return site


def found(site: readers.Readers, sought: str) -> list[str]:
    page = site.ask("GET", "/", params={"q": sought}).text
    return re.findall(r'<a href="/issues/([0-9-]+)"', page)


@pytest.mark.parametrize(
    ("sought", "issues"),
    [
        ("clips", ["2021-01", "2020-10"]),
        ("CLIP cafe", ["2021-01", "2020-10"]),
        ("café films", ["2020-10"]),
        ("uber", ["2021-01"]),
        ("november", ["2020-11"]),
        ("nothing clips", []),
        ("main body", []),
        ("%", []),
        ("  ", ["2021-01", "2020-11", "2020-10"]),
    ],
)
def test_an_issue_is_found_by_all_its_words(
    archive: readers.Readers, sought: str, issues: list[str]
) -> None:
    """Without case and accents, in any of its languages, in what readers see."""
    assert found(archive, sought) == issues


def test_what_was_found_is_shown_and_escaped(archive: readers.Readers) -> None:
    """The words come back as text, with the place where they stand."""
    page = archive.ask("GET", "/", params={"q": "films"}).text
    assert "Of clips and films." in page
    hostile = archive.ask("GET", "/", params={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in hostile
    assert "No issue has all of these words" in hostile


def test_the_front_page_begins_with_the_sign_up_and_a_search_with_what_was_found(
    archive: readers.Readers,
) -> None:
    """The sign-up asks for the address alone."""

    def places(**query: str) -> list[str]:
        page = archive.ask("GET", "/", params=query).text
        assert 'name="name"' not in page
        return re.findall(r'name="(email|q)"|class="(issues)"', page)

    assert ["".join(place) for place in places()] == ["email", "q", "issues"]
    assert ["".join(place) for place in places(q="clips")] == ["q", "issues", "email"]


def test_the_place_of_a_word_is_shown_without_half_words() -> None:
    """And, where no blanks part them, cut all the same."""
    sentence = "Somebody walked along the shore and counted whales. " * 4
    shown = snippet(text_of(issue("2020-12", "x", f"<p>{sentence}Zebra {sentence}</p>")), ["zebra"])
    before, _, after = shown.partition("Zebra")
    words = {*sentence.split(), "…"}
    assert {*before.removeprefix("…").split(), *after.removesuffix("…").split()} <= words
    assert (shown[0], shown[-1]) == ("…", "…")
    assert len(snippet(text_of(issue("2020-12", "x", f"<p>{'鲸' * 400}</p>")), ["鲸"])) == 81


def test_a_search_of_any_length_ends(archive: readers.Readers) -> None:
    """Only so many words count."""
    words = ["clips"] * MOST_WORDS + ["nothing"]

    assert found(archive, " ".join(words)) == ["2021-01", "2020-10"]
    assert archive.ask("GET", "/", params={"q": "x" * 5000}).status_code == 200


def test_a_corrected_issue_is_found_as_it_is_now(archive: readers.Readers) -> None:
    assert found(archive, "whales") == []
    later = issue("2020-11", "November", "<p>Of whales</p>")
    archive.post(later)

    assert found(archive, "whales") == ["2020-11"]


def test_the_feed_has_every_issue_whole(archive: readers.Readers) -> None:
    """Atom (RFC 4287): ids that outlive an address, the latest first, in their languages."""
    answer = archive.ask("GET", "/feed.xml")

    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = etree.fromstring(answer.content)
    text = [feed.findtext(f"a:{name}", namespaces=ATOM) for name in ("id", "title", "subtitle")]
    assert text == [
        *("tag:monthly.example.org,2000:neurodigest", "Neurodigest", "Models, code and data")
    ]
    entries = feed.findall("a:entry", ATOM)
    ids = [entry.findtext("a:id", namespaces=ATOM) for entry in entries]
    assert ids[0] == "tag:monthly.example.org,2000:neurodigest/2021-01"
    assert len(ids) == len(set(ids)) == 3
    content = entries[0].find("a:content", ATOM)
    assert content is not None
    assert (content.get("type"), content.text) == (
        "html",
        "<p>Clips, and a <a href='#x'>CAFE</a></p>",
    )
    link = entries[0].find("a:link", ATOM)
    assert link is not None
    assert link.get("href") == f"{readers.URL}/issues/2021-01"


def test_an_empty_archive_has_a_feed_and_a_sitemap(site: readers.Readers) -> None:
    assert etree.fromstring(site.ask("GET", "/feed.xml").content).findall("a:entry", ATOM) == []
    assert len(etree.fromstring(site.ask("GET", "/sitemap.xml").content)) == 2


def test_the_sitemap_has_every_page_with_its_languages(archive: readers.Readers) -> None:
    tree = etree.fromstring(archive.ask("GET", "/sitemap.xml").content)

    pages = [page.findtext("s:loc", namespaces=SITEMAP) for page in tree]
    assert pages == [
        f"{readers.URL}{path}"
        for path in (
            *("/", "/subscribe", "/issues/2021-01", "/issues/2021-01?lang=de"),
            *("/issues/2020-11", "/issues/2020-10"),
        )
    ]
    tongues = {link.get("hreflang") for link in tree[2].findall("x:link", SITEMAP)}
    assert tongues == {"en", "de"}
    robots = archive.ask("GET", "/robots.txt").text
    assert f"Sitemap: {readers.URL}/sitemap.xml" in robots
    for path in ("/u/", "/p/", "/c/", "/a/", "/m/", "/me/", "/r/"):
        assert f"Disallow: {path}" in robots


def test_an_issues_page_says_what_it_is(site: readers.Readers) -> None:
    """JSON-LD that no title can end; a data block, which no browser runs."""
    title = "</script><script>alert(1)</script>\u2028"
    site.post(issue("2021-01", title, "<p>Hello</p>"))
    site.post(issue("2021-01", "Januar", "<p>Hallo</p>", lang="de"))

    page = site.ask("GET", "/issues/2021-01").text

    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    document = json.loads(block)
    assert (document["@type"], document["headline"]) == ("Article", title)
    assert document["datePublished"] == "2021-01-28"
    assert document["isPartOf"]["name"] == "Neurodigest"
    assert page.count("<script") == 1
    assert f'hreflang="de" href="{readers.URL}/issues/2021-01?lang=de"' in page
    assert 'type="application/atom+xml"' in page
