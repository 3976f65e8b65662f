"""The canonical form of a link: the same for every address of one page, paper or repository.

It is a word to compare by, and no address to follow: `arxiv:2010.11934`, `github.com/openai/clip`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

import idna

from mailer.composer.checking import tracking

_SCHEMES = ("http", "https")
_USUAL = {"http": 80, "https": 443}
# A copy in the Wayback Machine is the page itself.
_COPY = re.compile(
    r"^(?:https?:/+web\.archive\.org/web/[\d*]+[a-z_]*/)+(?=https?:/)", re.IGNORECASE
)
_SLASHES = re.compile(r"^(https?):/+", re.IGNORECASE)
_PREFIXES = re.compile(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)
_ROUTE = ("/", "!")  # a fragment that begins so is an address within one page's program
_ARXIV = re.compile(r"\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7}", re.IGNORECASE)
_ARXIV_PATH = re.compile(r"/(?:abs|pdf|html|ps|format|src|e-print|papers)/(?P<id>[^?]+)")
_ARXIV_HOSTS = frozenset(
    {"arxiv.org", "export.arxiv.org", "ar5iv.org", "ar5iv.labs.arxiv.org", "alphaxiv.org"}
)
_VERSION = re.compile(r"v\d+$")
_ARXIV_DOI = "10.48550/arxiv."
_DOI = re.compile(r"10\.\d{4,9}/[^\s?#]+", re.IGNORECASE)
_DOI_RESOLVERS = frozenset({"doi.org", "dx.doi.org", "doi.acm.org", "hdl.handle.net"})
_DOI_TAIL = re.compile(r"(?:v\d+)?(?:\.(?:full|abstract))?(?:\.pdf|\.full-text)?/?$", re.IGNORECASE)
_NATURE = re.compile(r"/articles/(s\d[\w-]+|nature\d+)")
_BRANCHES = re.compile(r"/(?:-/)?tree/(?:master|main)/?$")
_VIDEO = re.compile(r"[\w-]{6,20}")
_ALIASES = {
    "twitter.com": "x.com",
    "hf.co": "huggingface.co",
    "aclweb.org": "aclanthology.org",
    "old.reddit.com": "reddit.com",
}
_CODE_HOSTS = frozenset({"github.com", "gitlab.com", "bitbucket.org", "codeberg.org"})
# Parameters that change nothing of what is shown, by host.
_IDLE = {
    "google.com": frozenset({"usp", "authuser", "hl"}),
    "medium.com": frozenset({"source", "sk"}),
    "x.com": frozenset({"s", "t", "lang"}),
    "github.com": frozenset({"tab"}),
}


@dataclass(frozen=True, slots=True)
class _Place:
    """An address as far as every site is alike; `path` has no slash at its end."""

    host: str
    path: str
    query: tuple[tuple[str, str], ...]

    def asked(self, name: str) -> str:
        return dict(self.query).get(name, "")


def canonical(address: str) -> str:
    """Empty where it is no address of the web."""
    address = _original(address.strip())
    parts = _parts(tracking.without(address))
    if parts is None:
        return ""
    place = _Place(_host(parts), _path(parts), tuple(parse_qsl(parts.query, True)))
    for recognise in _SITES:
        if name := recognise(place):
            return name
    query = "&".join(f"{name}={value}" for name, value in _telling(place))
    route = f"#{parts.fragment}" if parts.fragment.startswith(_ROUTE) else ""
    return place.host + place.path + (f"?{query}" if query else "") + route


def followed(name: str, moved: Mapping[str, str]) -> str:
    """The canonical form to which one leads that has moved, as far as is known."""
    passed = {name}
    while (after := moved.get(name, name)) not in passed:
        passed.add(after)
        name = after
    return name


def _original(address: str) -> str:
    """Of a copy, which may have one slash behind the scheme."""
    found, copies = _COPY.subn("", address)
    return _SLASHES.sub(r"\1://", found) if copies else address


def _parts(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:  # `https://[`
        return None
    return parts if parts.scheme.lower() in _SCHEMES and host else None


def _host(parts: SplitResult) -> str:
    """In lower case and A-labels, without what only says how the page is shown."""
    host = str(parts.hostname).rstrip(".")
    if not host.isascii():
        with suppress(ValueError):  # a host that no registry would sell
            host = idna.encode(host, uts46=True).decode()
    host = _PREFIXES.sub("", host)
    host = _ALIASES.get(host, host)
    usual = parts.port in (None, _USUAL[parts.scheme.lower()])
    return host if usual else f"{host}:{parts.port}"


def _path(parts: SplitResult) -> str:
    """Each octet written in one way (RFC 3986 §6.2.2)."""
    path = quote(unquote(parts.path), safe="/:@!$&'()*+,;=~")
    return _INDEX.sub("", re.sub(r"/{2,}", "/", path)).rstrip("/")


def _telling(place: _Place) -> list[tuple[str, str]]:
    idle = next((names for host, names in _IDLE.items() if _is_within(place.host, host)), ())
    return sorted((name, value) for name, value in place.query if name not in idle)


def _is_within(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _arxiv(place: _Place) -> str:
    is_paper = place.host in _ARXIV_HOSTS or (
        place.host == "huggingface.co" and place.path.startswith("/papers/")
    )
    found = _ARXIV_PATH.match(place.path) if is_paper else None
    number = _ARXIV.match(found["id"]) if found else None
    return f"arxiv:{number[0].lower()}" if number else ""


def _doi(place: _Place) -> str:
    """By a resolver, or where a publisher has it in the path behind `doi`."""
    if _NATURE.match(place.path) and place.host == "nature.com":
        return f"doi:10.1038/{place.path.split('/')[2].lower()}"
    is_resolver = place.host in _DOI_RESOLVERS
    is_publisher = re.search(r"/(?:doi|content)/", place.path) is not None
    found = _DOI.search(unquote(place.path)) if is_resolver or is_publisher else None
    if not found:
        return ""
    name = found[0].lower()
    if name.startswith(_ARXIV_DOI):
        return f"arxiv:{_VERSION.sub('', name.removeprefix(_ARXIV_DOI))}"
    return f"doi:{name if is_resolver else _DOI_TAIL.sub('', name)}"


def _openreview(place: _Place) -> str:
    is_paper = place.host == "openreview.net" and place.path in ("/forum", "/pdf")
    return f"openreview:{place.asked('id')}" if is_paper and place.asked("id") else ""


def _anthology(place: _Place) -> str:
    found = re.fullmatch(r"/(?:anthology/)?([A-Z]\d\d-\d{4}|\d{4}\.[\w.-]+?)(?:\.pdf)?", place.path)
    return f"acl:{found[1].lower()}" if place.host == "aclanthology.org" and found else ""


def _video(place: _Place) -> str:
    if place.host == "youtu.be":
        name = place.path[1:]
    elif place.host in ("youtube.com", "youtube-nocookie.com"):
        found = re.fullmatch(r"/(?:embed|shorts|live|v)/([^/]+)", place.path)
        name = found[1] if found else place.asked("v")
    else:
        return ""
    return f"youtube:{name}" if _VIDEO.fullmatch(name) else ""


def _repository(place: _Place) -> str:
    """Owner and name in any letter case, its main branch like itself."""
    if place.host not in _CODE_HOSTS and place.host != "huggingface.co":
        return ""
    path = _BRANCHES.sub("", place.path)
    _, *names = path.split("/")
    if place.host == "huggingface.co" or len(names) < 2:
        return (place.host + path).lower() if len(names) <= 3 and not place.query else ""
    owner, name, *rest = names
    inside = "/".join(("", *rest))
    return f"{place.host}/{owner}/{name.removesuffix('.git')}".lower() + inside


_SITES: tuple[Callable[[_Place], str], ...] = (
    *(_arxiv, _doi, _openreview, _anthology, _video, _repository),
)
