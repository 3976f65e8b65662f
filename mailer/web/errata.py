"""Errata at the top of an issue's page: what was corrected since it came out, the latest first."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from urllib.parse import quote

from mailer.composer.html.views import locale_of, long_date
from mailer.ledger.archive import Earlier, Erratum
from mailer.model.edition import Edition, short_hash
from mailer.web.site import Site

_TOP = re.compile(r"<main\b[^>]*>|<body\b[^>]*>")
_Note = tuple[dt.datetime, str, str]  # when, what, and where it links to


def page_of(
    site: Site, edition: Edition, errata: Sequence[Erratum], earlier: Sequence[Earlier] = ()
) -> str:
    """The page as it was frozen with the edition, and above everything else the errata and the
    versions that some readers have instead."""
    words = site.strings(edition.lang)["earlier"]
    notes = [(each.at, each.note, "") for each in errata]
    notes += [
        (each.until, words, earlier_url(site, edition.issue_id, each.version))
        for each in earlier
        if each.version != edition.content_hash
    ]
    return _with(site, edition, sorted(notes, reverse=True))


def earlier_page_of(site: Site, edition: Edition, until: dt.datetime) -> str:
    """The page of a version that was mended, with the way to the mended one."""
    url = f"{site.prefix}/issues/{quote(edition.issue_id, safe='')}"
    return _with(site, edition, [(until, site.strings(edition.lang)["newest"], url)])


def earlier_url(site: Site, issue_id: str, version: str) -> str:
    return f"{site.prefix}/issues/{quote(issue_id, safe='')}/versions/{short_hash(version)}"


def _with(site: Site, edition: Edition, notes: Sequence[_Note]) -> str:
    if not notes:
        return edition.page
    tops = list(_TOP.finditer(edition.page))
    top = tops[-1].end() if tops else 0  # <main>, where the theme has one
    return edition.page[:top] + _above(site, edition.lang, notes) + edition.page[top:]


def _above(site: Site, lang: str, notes: Sequence[_Note]) -> str:
    label = site.strings(lang)["correction"]
    labelled = [
        (label.replace("{date}", long_date(_day(site, at), locale_of(lang))), words, url)
        for at, words, url in notes
    ]
    return site.pages.render("errata", notes=labelled, colon=site.strings(lang)["colon"])


def _day(site: Site, at: dt.datetime) -> dt.date:
    return at.astimezone(site.zone).date()
