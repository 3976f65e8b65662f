"""What stands at the top of an issue's page: the way to its other languages, and errata, what was
corrected since it came out, the latest first."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from urllib.parse import quote

from markupsafe import Markup

from mailer.composer.frame import web_url
from mailer.composer.html.views import locale_of, long_date
from mailer.ledger.archive import Earlier, Erratum
from mailer.model.edition import Edition, short_hash
from mailer.web.site import Site

_TOP = re.compile(r"<main\b[^>]*>|<body\b[^>]*>")
_Note = tuple[dt.datetime, str, str]  # when, what, and where it links to


def page_of(
    site: Site,
    edition: Edition,
    errata: Sequence[Erratum],
    earlier: Sequence[Earlier] = (),
    languages: Sequence[str] = (),
) -> str:
    """The page as it was frozen with the edition, and above everything else its other languages,
    the errata and the versions that some readers have instead."""
    words = site.strings(edition.lang)["earlier"]
    notes = [(each.at, each.note, "") for each in errata]
    notes += [
        (each.until, words, earlier_url(site, edition.issue_id, each.version))
        for each in earlier
        if each.lang == edition.lang and each.version != edition.content_hash
    ]
    others = [lang for lang in languages if lang != edition.lang]
    links = language_links(site, edition.issue_id, others)
    above = site.pages.render("languages", links=links) if links else ""
    return _with(edition, above + _noted(site, edition.lang, sorted(notes, reverse=True)))


def language_links(
    site: Site, issue_id: str, languages: Sequence[str]
) -> list[tuple[str, str, str]]:
    """Of each language: its tag, its own name for itself, and the issue's page in it."""
    return [(lang, _own_name(lang), issue_url(site, issue_id, lang)) for lang in languages]


def _own_name(lang: str) -> str:
    locale = locale_of(lang)
    return (locale and locale.display_name) or lang


def issue_url(site: Site, issue_id: str, lang: str) -> str:
    """The path of the issue's page in this language."""
    return web_url(site.prefix, issue_id, lang, site.lang)


def head_of(
    page: str, site: Site, issue_id: str, languages: Sequence[str], structured: Markup
) -> str:
    """The page with what machines look for in its head: its other languages, the feed, and what it
    is."""
    more = site.pages.render(
        "issue_head",
        feed=f"{site.prefix}/feed.xml",
        tongues=[
            (lang, f"{site.origin}{issue_url(site, issue_id, lang)}")
            for lang in languages
            if len(languages) > 1
        ],
        structured=structured,
    )
    before, head, after = page.partition("</head>")
    return f"{before}{more}{head}{after}" if head else page


def earlier_page_of(site: Site, edition: Edition, until: dt.datetime) -> str:
    """The page of a version that was mended, with the way to the mended one."""
    url = issue_url(site, edition.issue_id, edition.lang)
    newest = (until, site.strings(edition.lang)["newest"], url)
    return _with(edition, _noted(site, edition.lang, [newest]))


def earlier_url(site: Site, issue_id: str, version: str) -> str:
    return f"{site.prefix}/issues/{quote(issue_id, safe='')}/versions/{short_hash(version)}"


def _with(edition: Edition, above: str) -> str:
    tops = list(_TOP.finditer(edition.page))
    top = tops[-1].end() if tops else 0  # <main>, where the theme has one
    return edition.page[:top] + above + edition.page[top:]


def _noted(site: Site, lang: str, notes: Sequence[_Note]) -> str:
    if not notes:
        return ""
    label = site.strings(lang)["correction"]
    labelled = [
        (label.replace("{date}", long_date(_day(site, at), locale_of(lang))), words, url)
        for at, words, url in notes
    ]
    return site.pages.render("errata", notes=labelled, colon=site.strings(lang)["colon"])


def _day(site: Site, at: dt.datetime) -> dt.date:
    return at.astimezone(site.zone).date()
