"""A page of the web → what an editor wants to know of it. Text in, value out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree, html  # type: ignore[import-untyped]  # it ships no types

from mailer.composer.canonical import canonical
from mailer.intake.inbox.kinds import Anchor, kinds
from mailer.model.characters import FORBIDDEN
from mailer.model.issue import Role

_TITLES = ("citation_title", "og:title", "twitter:title")
_DESCRIPTIONS = ("og:description", "description", "twitter:description", "citation_abstract")
_PICTURES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image")
_SITES = ("og:site_name", "application-name")
_MOST_LINKS = 5_000
TITLE, DESCRIPTION = 300, 1_000  # the most characters
_ADDRESS = 2_000
_SCHEMES = ("http://", "https://")
_GITHUB = re.compile(r"(?:GitHub - )?[\w.-]+/(?P<name>[\w.-]+)(?:: .*)?")
# Pictures that a site makes for every page, or of itself: they show nothing of this one.
_CARDS = re.compile(
    r"^https?://(?:opengraph\.githubassets\.com|avatars\.githubusercontent\.com"
    r"|cdn-thumbnails\.huggingface\.co)/|/[^/]*logo[^/]*$",
    re.IGNORECASE,
)
_ENDINGS = r"\s+[-–—|·•:]\s+"  # between a title and the name of its site


@dataclass(frozen=True, slots=True)
class Page:
    """`title` may be empty, and so may all behind it."""

    title: str
    description: str
    picture: str
    site: str
    links: Mapping[Role, str]


def readable(url: str) -> str:
    """Where a page says what a paper is, for the address of its PDF."""
    name = canonical(url)
    kind, _, number = name.partition(":")
    if kind == "arxiv":
        return f"https://arxiv.org/abs/{number}"
    return f"https://openreview.net/forum?id={number}" if kind == "openreview" else url


def without_words(url: str) -> Page:
    """What the address alone tells: of a file, its name."""
    parts = urlsplit(url)
    name = unquote(parts.path.rstrip("/").rpartition("/")[2]).rpartition(".")[0]
    title = " ".join(re.split(r"[\s_-]+", name))
    return Page(clean(title, TITLE), "", "", _host(url), kinds(url, ()))


def read(text: str, url: str) -> Page:
    """Of a page of HTML at `url`, however broken."""
    root = _root(text)
    if root is None:
        return without_words(url)
    meta = dict(_meta(root))
    base = _joined(url, next(iter(root.xpath("string(//base/@href)").split()), ""))
    site = _first(meta, _SITES, 100)
    title = _first(meta, _TITLES, TITLE) or clean(root.xpath("string(//title)"), TITLE)
    own_title = title or clean(root.xpath("string(//h1)"), TITLE)
    picture = _joined(base, _first(meta, _PICTURES, _ADDRESS))
    return Page(
        _named(own_title, site, url),
        _first(meta, _DESCRIPTIONS, DESCRIPTION),
        "" if picture == base or _CARDS.search(picture) else picture,
        site or _host(url),
        kinds(url, _anchors(root, base)),
    )


def _root(text: str) -> Any:
    """None for what has nothing in it. A declaration of an encoding is over once it is text."""
    parser = html.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True)
    try:
        return html.document_fromstring(FORBIDDEN.sub(" ", text).encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        return None


def _meta(root: Any) -> Iterator[tuple[str, str]]:
    """The first of each name counts."""
    for element in reversed(root.xpath("//meta[@content]")):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        if element.get("content").strip():
            yield name.strip().lower(), element.get("content")


def _first(meta: Mapping[str, str], names: tuple[str, ...], most: int) -> str:
    return next((clean(meta[name], most) for name in names if name in meta), "")


def _anchors(root: Any, base: str) -> Iterator[Anchor]:
    for element in root.xpath("//a[@href]")[:_MOST_LINKS]:
        url = _joined(base, element.get("href"))
        if url.startswith(_SCHEMES):
            yield Anchor(url, " ".join(element.text_content().split()))


def _joined(base: str, href: str) -> str:
    """Whole; the base where there is none to be made."""
    try:
        url = urljoin(base, href.strip())
    except ValueError:  # `https://[`
        return base
    return url if url.startswith(_SCHEMES) and len(url) <= _ADDRESS else base


def _named(title: str, site: str, url: str) -> str:
    """Without the name of its site behind it; a repository by its own."""
    found = _GITHUB.fullmatch(title)
    if found and _host(url) in ("github.com", "gitlab.com"):
        return found["name"]
    names = "|".join(re.escape(name) for name in (site, _host(url)) if name)
    return re.sub(rf"{_ENDINGS}(?:{names})$", "", title, flags=re.IGNORECASE) or title


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def clean(text: str, most: int) -> str:
    """On one line, cut at a word."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rpartition(' ')[0] or line[:most]} …"
