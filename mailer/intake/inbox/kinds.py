"""Which of a page's links are its paper, its source, its demo; the others are just links."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from mailer.composer.canonical import canonical
from mailer.composer.parsing.roles import named, role_of
from mailer.model.issue import Role

# In the house's order.
KINDS = (Role.SOURCE, Role.PAPER, Role.DEMO, Role.COLAB, Role.DATASET, Role.MODEL)
# What a page itself may be, by its site alone.
_OF_SITES: Mapping[Role | None, Role] = {role: role for role in (Role.VIDEO, Role.ARTICLE)}
# On hosts of code and models, the first part of a path that is nobody's name.
_NO_OWNERS = frozenset(
    {
        *("about", "account", "apps", "blog", "chat", "codespaces", "collections", "contact"),
        *("customer-stories", "docs", "enterprise", "events", "explore", "features", "github"),
        *("groups", "help", "join", "learn", "login", "marketplace", "new", "notifications"),
        *("organizations", "orgs", "pricing", "readme", "resources", "search", "security"),
        *(
            "settings",
            "signup",
            "site",
            "solutions",
            "sponsors",
            "stars",
            "tasks",
            "team",
            "topics",
        ),
        *("trending", "users", "-"),
    }
)
_SHARED = ("datasets", "spaces")  # on Hugging Face, before the owner
_PAPER = re.compile(
    r"/(?:abs|pdf|html|forum|papers|doi|content|document|paper)\b.*\w|/10\.\d|/\d{4}\.[\w-]+"
)
_NOTEBOOK = re.compile(r"/(?:drive|github|gist)/\w")
_RECORD = re.compile(r"/records?/\d|/datasets/[\w-]+/[\w.-]+")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link of a page, whole, with its text."""

    url: str
    label: str


def kind_of(url: str) -> Role | None:
    """What an address leads to, where it is that of one paper, one repository and so on."""
    role = role_of("", url)
    if role not in KINDS:
        return None
    return role if _is_of_one(url, role) else None


def _is_of_one(url: str, role: Role) -> bool:
    parts = urlsplit(url)
    names = [name for name in parts.path.split("/") if name]
    match role:
        case Role.PAPER:
            return bool(_PAPER.search(f"{parts.path}?{parts.query}")) or "id=" in parts.query
        case Role.COLAB:
            return bool(_NOTEBOOK.search(parts.path))
        case Role.DATASET if "huggingface.co" not in str(parts.hostname):
            return bool(_RECORD.search(parts.path))
        case Role.DEMO if "huggingface.co" not in str(parts.hostname):
            return bool(names) or bool(parts.hostname and parts.hostname.count(".") > 1)
    if names[:1] and names[0] in _SHARED:
        names = names[1:]
    return len(names) >= 2 and names[0].lower() not in _NO_OWNERS


def kinds(page: str, anchors: Iterable[Anchor]) -> dict[Role, str]:
    """One link of each kind, in the house's order: that whose text says what it is, else the one
    that stands there most often, else the first. `page` is the page's own address, which is of its
    own kind, a video or an article, or else the project's."""
    own = kind_of(page) or _OF_SITES.get(role_of("", page), Role.PROJECT)
    found: dict[Role, str] = {own: page}
    for role, links in _by_kind(page, anchors).items():
        if role is not own:
            found[role] = _best(role, links)
    return {role: found[role] for role in Role if role in found}


def _by_kind(page: str, anchors: Iterable[Anchor]) -> Mapping[Role, list[Anchor]]:
    links: defaultdict[Role, list[Anchor]] = defaultdict(list)
    for anchor in anchors:
        role = kind_of(anchor.url)
        if role is not None and canonical(anchor.url) != canonical(page):
            links[role].append(anchor)
    return links


def _best(role: Role, links: list[Anchor]) -> str:
    score: defaultdict[str, int] = defaultdict(int)
    first: dict[str, str] = {}
    for link in links:
        name = canonical(link.url)
        first.setdefault(name, link.url)
        score[name] += len(links) + 1 if named(link.label) is role else 1
    return first[max(first, key=lambda name: score[name])]
