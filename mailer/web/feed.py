"""The archive for machines: an Atom feed (RFC 4287), a sitemap, and JSON-LD of schema.org."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # it ships no types
from markupsafe import Markup

from mailer.ledger.archive import ArchivedIssue
from mailer.model.edition import Edition
from mailer.web.errata import issue_url
from mailer.web.listing import Entry
from mailer.web.site import Site

ATOM_TYPE, XML_TYPE = "application/atom+xml", "application/xml"
NEWEST = 20  # issues in the feed
_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
_XML = "http://www.w3.org/XML/1998/namespace"
_MAIN = re.compile(r"<main\b[^>]*>(.*)</main>", re.DOTALL)
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # for XML 1.0


def atom(site: Site, authority: str, entries: Sequence[tuple[Entry, Edition]]) -> bytes:
    """The latest issues with all that they say. `authority` is a name that stays when the
    publication moves, for the ids (RFC 4151)."""
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    feed.set(f"{{{_XML}}}lang", site.lang)
    updated = max((entry.issue.updated for entry, _ in entries), default=site.now())
    _add(feed, "id", f"tag:{authority},2000:{site.face.id}")
    _add(feed, "title", site.face.name)
    if site.face.tagline:
        _add(feed, "subtitle", site.face.tagline)
    _add(feed, "updated", _instant(updated))
    _add(feed, "link", rel="self", type=ATOM_TYPE, href=f"{site.url}/feed.xml")
    _add(feed, "link", rel="alternate", type="text/html", href=f"{site.url}/")
    _add(_add(feed, "author"), "name", site.face.name)
    for entry, edition in entries:
        _entry(_add(feed, "entry"), site, authority, entry, edition)
    return _document(feed)


def _entry(parent: Any, site: Site, authority: str, entry: Entry, edition: Edition) -> None:
    url = f"{site.origin}{entry.url}"
    parent.set(f"{{{_XML}}}lang", edition.lang)
    parent.set(f"{{{_XML}}}base", url)
    _add(parent, "id", f"tag:{authority},2000:{site.face.id}/{edition.issue_id}")
    _add(parent, "title", edition.title)
    _add(parent, "link", rel="alternate", type="text/html", href=url)
    _add(parent, "published", _instant(entry.issue.since))
    _add(parent, "updated", _instant(entry.issue.updated))
    found = _MAIN.search(edition.page)
    _add(parent, "content", found[1] if found else edition.page, type="html")


def sitemap(site: Site, entries: Sequence[Entry]) -> bytes:
    """Every public page, an issue's with its other languages."""
    root = etree.Element(f"{{{_SITEMAP}}}urlset", nsmap={None: _SITEMAP, "xhtml": _XHTML})
    for path in (site.home, f"{site.prefix}/subscribe"):
        _page(root, f"{site.origin}{path}", None, ())
    for entry in entries:
        own = (entry.issue.lang, "", entry.url)
        tongues = (own, *entry.others)
        for _, _, path in tongues:
            others = tongues if entry.others else ()
            _page(root, f"{site.origin}{path}", entry.issue.updated, others, site.origin)
    return _document(root)


def _page(
    root: Any,
    url: str,
    updated: dt.datetime | None,
    tongues: Sequence[tuple[str, str, str]],
    origin: str = "",
) -> None:
    page = etree.SubElement(root, f"{{{_SITEMAP}}}url")
    etree.SubElement(page, f"{{{_SITEMAP}}}loc").text = url
    if updated is not None:
        etree.SubElement(page, f"{{{_SITEMAP}}}lastmod").text = _instant(updated)
    for lang, _, path in tongues:
        link = {"rel": "alternate", "hreflang": lang, "href": f"{origin}{path}"}
        etree.SubElement(page, f"{{{_XHTML}}}link", link)


def of_issue(site: Site, edition: Edition, issue: ArchivedIssue) -> Markup:
    """What a search engine wants to know of an issue's page, for its head."""
    url = f"{site.origin}{issue_url(site, edition.issue_id, edition.lang)}"
    document: dict[str, Any] = {
        "@type": "Article",
        "headline": edition.title,
        "url": url,
        "inLanguage": edition.lang,
        "datePublished": (edition.date or site.date_of(issue.since)).isoformat(),
        "dateModified": _instant(issue.updated),
        "isPartOf": {"@type": "Periodical", "name": site.face.name, "url": f"{site.url}/"},
        "publisher": {"@type": "Organization", "name": site.face.name, "url": f"{site.url}/"},
    }
    if edition.number is not None:
        document["position"] = edition.number
    return _structured(document)


def of_publication(site: Site) -> Markup:
    """The same for the front page."""
    document = {"@type": "Periodical", "name": site.face.name, "url": f"{site.url}/"}
    if site.face.tagline:
        document["description"] = site.face.tagline
    return _structured(document)


def _structured(document: dict[str, Any]) -> Markup:
    """As a data block, which no browser runs; `<` is written so that it ends none."""
    text = json.dumps({"@context": "https://schema.org", **document}, ensure_ascii=False)
    safe = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return Markup('<script type="application/ld+json">' + safe + "</script>")  # noqa: S704 - see above


def _add(parent: Any, name: str, text: str = "", **attributes: str) -> Any:
    child = etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    if text:
        child.text = _UNFIT.sub("", text)
    return child


def _document(root: Any) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


def _instant(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
