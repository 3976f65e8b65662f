"""Errata at the top of an issue's page: what was corrected since it came out, the latest first."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from mailer.composer.html.views import locale_of, long_date
from mailer.ledger.archive import Erratum
from mailer.model.edition import Edition
from mailer.web.site import Site

_TOP = re.compile(r"<main\b[^>]*>|<body\b[^>]*>")


def page_of(site: Site, edition: Edition, errata: Sequence[Erratum]) -> str:
    """The page as it was frozen with the edition, and above everything else the errata."""
    if not errata:
        return edition.page
    tops = list(_TOP.finditer(edition.page))
    top = tops[-1].end() if tops else 0  # <main>, where the theme has one
    return edition.page[:top] + _above(site, edition.lang, errata) + edition.page[top:]


def _above(site: Site, lang: str, errata: Sequence[Erratum]) -> str:
    label = site.strings(lang)["correction"]
    notes = [
        (label.replace("{date}", long_date(_day(site, erratum), locale_of(lang))), erratum.note)
        for erratum in errata
    ]
    return site.pages.render("errata", notes=notes, colon=site.strings(lang)["colon"])


def _day(site: Site, erratum: Erratum) -> dt.date:
    return erratum.at.astimezone(site.zone).date()
