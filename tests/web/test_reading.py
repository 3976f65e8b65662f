from __future__ import annotations

import dataclasses
import datetime as dt
import re
from typing import Any

import publication
import pytest
import readers

from mailer.ledger import archive, correction, editions
from mailer.model.edition import short_hash


def test_a_sent_issue_is_its_frozen_page_to_the_letter(site: readers.Readers) -> None:
    """The page of the stored edition, with room for its own styles and for no script."""
    page = "<!DOCTYPE html><style>p{color:red}</style><p>Hello ünser reader"
    site.publish(dataclasses.replace(publication.edition(), page=page))

    answer = site.ask("GET", "/issues/2021-01")

    assert answer.text == page
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "script-src" not in policy
    assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"


def corrected(site: readers.Readers, note: str, hours: int, **changes: Any) -> None:
    edition = publication.edition(**changes)
    with site.bench.database.write() as c:
        stored = editions.store(c, edition, (), publication.NOON)
        at = publication.NOON + dt.timedelta(hours=hours)
        archive.correct(c, edition, stored, note, "Ann", at)


def test_errata_stand_at_the_top_of_the_mended_page(site: readers.Readers) -> None:
    """Each with its date where the publication is, the latest first, and as text whatever is in
    it; what was sent stays as it was in the ledger."""
    site.publish(publication.edition(page="<body><main>Wrong"))
    corrected(site, "It is <b>seven</b>.", 1, page="<body class='x'><main id='m'>Seven")
    corrected(site, "It is eight.", 11, page="<body class='x'><main id='m'>Eight")

    answer = site.ask("GET", "/issues/2021-01")

    page = answer.text
    assert page.startswith("<body class='x'><main id='m'><div")
    assert page.endswith("</div>Eight")
    assert re.findall(r"<strong>(.*?)</strong>(.*?)</p>", page) == [
        ("Correction of February 1, 2021: ", "It is eight."),
        ("Correction of January 31, 2021: ", "It is &lt;b&gt;seven&lt;/b&gt;."),
    ]
    assert "script-src" not in answer.headers["content-security-policy"]
    with site.bench.database.read() as c:
        assert editions.load(c, 1).page == "<body><main>Wrong"


def test_a_version_that_some_readers_have_can_be_read(site: readers.Readers) -> None:
    """The page of the mended one links to it, and it back; no other stored version is shown."""
    first = publication.edition(page="<body><main>Wrong")
    draft = publication.edition(page="<body><main>A draft", title="draft")
    mended = publication.edition(page="<body><main>Right", title="mended")
    site.publish(first)
    with site.bench.database.write() as c:
        c.exec_driver_sql("UPDATE shards SET sent = planned, planned = 0")
        editions.store(c, draft, (), publication.NOON)
        correction.correct(c, 1, editions.store(c, mended, (), publication.NOON), "Ann")

    page = site.ask("GET", "/issues/2021-01").text

    assert page.endswith("Right")
    link = re.search(r'href="(/issues/2021-01/versions/[0-9a-f]{10})"[^>]*>Some readers', page)
    assert link
    earlier = site.ask("GET", link[1])
    assert earlier.text.endswith("Wrong")
    assert 'href="/issues/2021-01"' in earlier.text
    assert "default-src 'none'" in earlier.headers["content-security-policy"]
    for version in (draft, mended):
        path = f"/issues/2021-01/versions/{short_hash(version.content_hash)}"
        assert site.ask("GET", path).status_code == 404


@pytest.mark.parametrize(
    ("lang", "label"),
    [
        ("de", "Berichtigung vom 31. Januar 2021: "),
        ("ar", "تصحيح بتاريخ 31 يناير 2021: "),
        ("zh", "更正于 2021年1月31日："),
        ("xx", "Correction of January 31, 2021: "),
    ],
)
def test_an_erratum_speaks_the_language_of_its_issue(
    site: readers.Readers, lang: str, label: str
) -> None:
    """Also above a page of a theme that has no <main>."""
    site.publish(publication.edition(lang=lang, page="<body>Text"))
    corrected(site, "7", 1, lang=lang, page="<body>Text")

    page = site.ask("GET", "/issues/2021-01").text

    assert f"<strong>{label}</strong>7</p>" in page
    assert page.startswith("<body><div")


def test_each_language_of_an_issue_has_its_page(site: readers.Readers) -> None:
    """The publication's at the plain address, whichever came first; each links to the others by
    their own names, and none shows another's corrections or earlier versions."""
    site.publish(publication.edition(lang="de", page="<body><main>Guten Tag"))
    assert site.ask("GET", "/issues/2021-01").text == "<body><main>Guten Tag"
    assert site.ask("GET", "/issues/2021-01?lang=de").text == "<body><main>Guten Tag"
    corrected(site, "It is seven.", 1, lang="en", page="<body><main>Hello")
    corrected(site, "Tout est faux.", 2, lang="fr", page="<body><main>Bonjour")

    english = site.ask("GET", "/issues/2021-01").text
    german = site.ask("GET", "/issues/2021-01?lang=de").text

    link = r'<a href="([^"]+)" hreflang="(..)" lang="(..)"[^>]*>(.*?)</a>'
    to_german = ("/issues/2021-01?lang=de", "de", "de", "Deutsch")
    to_french = ("/issues/2021-01?lang=fr", "fr", "fr", "français")
    assert english.endswith("Hello")
    assert re.findall(link, english) == [to_german, to_french]
    assert "seven" in english
    assert "faux" not in english
    assert german.endswith("</p>Guten Tag")
    assert re.findall(link, german) == [("/issues/2021-01", "en", "en", "English"), to_french]
    assert "seven" not in german
    assert site.ask("GET", "/issues/2021-01?lang=ru").status_code == 404


def test_an_earlier_version_belongs_to_its_language(site: readers.Readers) -> None:
    """It leads back to the mended one, and the page of another language says nothing of it."""
    site.publish(publication.edition(lang="de", page="<body><main>Falsch"))
    mended = publication.edition(lang="de", page="<body><main>Richtig", title="mended")
    with site.bench.database.write() as c:
        c.exec_driver_sql("UPDATE shards SET sent = planned, planned = 0")
        correction.correct(c, 1, editions.store(c, mended, (), publication.NOON), "Ann")
    corrected(site, "It is seven.", 1, page="<body><main>Hello")

    assert "/versions/" not in site.ask("GET", "/issues/2021-01").text
    link = re.search(r'href="(/\S+/versions/\w+)"', site.ask("GET", "/issues/2021-01?lang=de").text)
    assert link
    assert 'href="/issues/2021-01?lang=de"' in site.ask("GET", link[1]).text


@pytest.mark.parametrize("issue_id", ["2020-12", "%2e%2e", "a/b", "'; DROP TABLE editions"])
def test_an_issue_never_sent_is_a_404(site: readers.Readers, issue_id: str) -> None:
    """An edition that is stored but was never dispatched is nobody's to read."""
    site.bench.order("2020-12")

    assert site.ask("GET", f"/issues/{issue_id}").status_code == 404


def test_a_picture_is_served_for_ever(site: readers.Readers) -> None:
    """Its name is its content hash: right type, immutable, never sniffed, asked for once."""
    site.publish(publication.edition(), (readers.PNG,))
    path = f"/pictures/{readers.PNG.name}"

    answer = site.ask("GET", path)

    assert answer.content == readers.PNG.content
    assert answer.headers["content-type"] == "image/png"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = site.ask("GET", path, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name",
    [
        "nothing.png",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/etc/passwd",
        "....//mailer.db",
        "%00",
        "0a1b2c.png%00.html",
        "C:%5Cmailer.db",
        "",
    ],
)
def test_a_picture_comes_from_the_ledger_or_not_at_all(site: readers.Readers, name: str) -> None:
    """No name leads to a file of this machine."""
    site.publish(publication.edition(), (readers.PNG,))

    assert site.ask("GET", f"/pictures/{name}").status_code == 404


def test_the_front_page_lists_sent_issues_the_latest_first(site: readers.Readers) -> None:
    """Each once, with its own language and date; a late dispatch does not move it up."""
    for issue_id, title in (("2020-12", "December <b>"), ("2021-01", "Январь"), ("2021-02", "x")):
        edition = publication.edition(issue_id)
        if issue_id == "2021-02":
            site.bench.order(issue_id)  # stored, not sent
            continue
        lang = "ru" if issue_id == "2021-01" else "en"
        date = dt.date(2021, 1, 31) if lang == "ru" else None
        site.publish(dataclasses.replace(edition, title=title, lang=lang, date=date))
    site.bench.plan("2020-12", "weekly")

    page = site.ask("GET", "/").text

    assert re.findall(r'href="(/issues/[^"]+)" lang="(..)"', page) == [
        ("/issues/2021-01?lang=ru", "ru"),
        ("/issues/2020-12", "en"),
    ]
    assert "31 января 2021" in page
    assert "<b>" not in page


def test_the_front_page_lists_an_issue_once_with_its_languages(site: readers.Readers) -> None:
    """By the title in the publication's language; an id is quoted as everywhere."""
    site.publish(publication.edition("a b?", lang="de", title="Januar"))
    corrected(site, "It is seven.", 1, issue_id="a b?", lang="en", title="January")

    page = site.ask("GET", "/").text

    assert re.findall(r'href="(/issues/[^"]+)".*?>(.*?)</a>', page) == [
        ("/issues/a%20b%3F", "January"),
        ("/issues/a%20b%3F?lang=de", "Deutsch"),
    ]
    assert site.ask("GET", "/issues/a%20b%3F?lang=de").status_code == 200


def test_the_front_page_of_a_new_publication_says_so(site: readers.Readers) -> None:
    """Nothing is sent yet, and how to get it is there."""
    page = site.ask("GET", "/").text

    assert "No issue is out yet" in page
    assert "mailto:editor@example.org" in page


def test_robots_are_kept_from_personal_links(site: readers.Readers) -> None:
    """RFC 9309, in plain text."""
    answer = site.ask("GET", "/robots.txt")

    assert answer.headers["content-type"].startswith("text/plain")
    assert "Disallow: /u/\nDisallow: /p/\nDisallow: /r/\n" in answer.text


def test_health_is_that_of_the_database(site: readers.Readers) -> None:
    """200 while it answers."""
    assert site.ask("GET", "/healthz").text == "ok\n"


def test_a_probe_is_answered_and_nothing_else(site: readers.Readers) -> None:
    """By the pages that know the keys, at the public URL."""
    links = site.site.links
    path = links.probe(site.anne).removeprefix(site.site.origin)
    answer = site.ask("GET", path)
    assert (answer.status_code, answer.text) == (200, links.answer(path.rpartition("/")[2]))
    assert site.ask("GET", f"{path}x").status_code == 404
    assert site.ask("POST", path).status_code == 405
