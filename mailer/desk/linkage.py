"""The links of all issues together: their roles and sites, which items lacked some, which ones
readers follow, and which are dead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from mailer.composer.canonical import canonical
from mailer.composer.past import Mention, Told
from mailer.desk.links import GONE, LinkAsker, Progress, Said
from mailer.desk.past.gathering import all_of, without_twins
from mailer.desk.past.index import Source
from mailer.desk.past.memory import remember_move
from mailer.errors import DatabaseError, FetchError
from mailer.fetch import Manners
from mailer.ledger import counting
from mailer.model.issue import Role
from mailer.records import Records

WANTED = (Role.SOURCE, Role.PAPER)
_MOST_ASKED = 20_000
_PAUSE = 1.0  # seconds between two requests to one host
_TOTAL_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Placed:
    """An item of an issue."""

    source: Source
    told: Told

    @property
    def issue(self) -> str:
        return self.source.issue_id

    @property
    def title(self) -> str:
        return self.told.title

    @property
    def line(self) -> int:
        return self.told.line

    def where(self, line: int) -> str:
        """File and line; the archive's page has none."""
        file = self.source.file
        return f"{file}:{line}" if file else f"archive: {self.issue}"

    @property
    def lacks(self) -> tuple[Role, ...]:
        """Of what many readers look for. An item without a link line lacks nothing: it may be about
        something else than work of somebody's."""
        roles = {mention.role for mention in self.told.mentions if mention.listed}
        return tuple(role for role in WANTED if roles and role not in roles)


@dataclass(frozen=True, slots=True)
class Use:
    """How many links of one kind there are, and how often people followed them; None where nothing
    was counted."""

    name: str
    links: int
    followed: int | None


@dataclass(frozen=True, slots=True)
class Linkage:
    """`roles` and `sites` go by how often they are followed, else linked."""

    issues: int
    items: tuple[Placed, ...]
    links: int
    roles: tuple[Use, ...]
    sites: tuple[Use, ...]

    def lacking(self, role: str) -> list[Placed]:
        """The items without a link of this role, one of `WANTED`."""
        return [item for item in self.items if role in item.lacks]


@dataclass(frozen=True, slots=True)
class Dead:
    """A link that leads to a page that is not there, in one item; `status` is what its server
    says."""

    url: str
    status: int
    where: str
    item: str


@dataclass(frozen=True, slots=True)
class Asked:
    """`unanswered` are addresses of which nobody can tell."""

    asked: int
    dead: tuple[Dead, ...]
    unanswered: Mapping[str, str]


def linkage(app: Records) -> Linkage:
    """Of every issue, by its file or, where there is none, by the archive."""
    sources = without_twins(all_of(app))
    items = tuple(Placed(source, told) for source in sources for told in source.told)
    mentions = [(item.issue, each) for item in items for each in item.told.mentions]
    followed = _followed(app)
    return Linkage(
        issues=len({source.issue_id for source in sources}),
        items=items,
        links=len(mentions),
        roles=_uses(mentions, followed, lambda each: each.role or "other"),
        sites=_uses(mentions, followed, lambda each: _site(each.url)),
    )


def dead_links(app: Records, found: Linkage, progress: Progress) -> Asked:
    """Ask each address once, as a guest: what robots.txt forbids is not asked, and no host more
    often than once a second. What has moved for good is remembered."""
    places: dict[str, list[tuple[str, str]]] = {}
    for item in found.items:
        for mention in item.told.mentions:
            places.setdefault(mention.url, []).append((item.where(mention.line), item.title))
    guest = Manners(app.fetcher, _MOST_ASKED, _PAUSE).fetcher
    asker = LinkAsker(guest, progress, _TOTAL_SECONDS, partial(remember_move, app))
    said = asker.ask(list(places))
    dead = [Dead(url, status, *place) for url, status in _gone(said) for place in places[url]]
    unanswered = {url: str(error) for url, error in said.items() if isinstance(error, FetchError)}
    return Asked(len(said), tuple(dead), unanswered)


def _gone(said: Mapping[str, Said]) -> Iterator[tuple[str, int]]:
    for url, answer in said.items():
        if not isinstance(answer, FetchError) and answer.status in GONE:
            yield url, answer.status


def _uses(
    mentions: Sequence[tuple[str, Mention]],
    followed: Mapping[tuple[str, str], int] | None,
    name_of: Callable[[Mention], str],
) -> tuple[Use, ...]:
    """`mentions` with the id of their issue. What stands twice in one is counted once, where it
    stands first."""
    links = Counter(name_of(mention) for _, mention in mentions)
    people: Counter[str] = Counter()
    names = {(issue_id, each.name): name_of(each) for issue_id, each in reversed(mentions)}
    for place, name in names.items():
        people[name] += followed.get(place, 0) if followed else 0
    ordered = sorted(links, key=lambda name: (-people[name], -links[name], name))
    return tuple(Use(name, links[name], people[name] if followed else None) for name in ordered)


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _followed(app: Records) -> Mapping[tuple[str, str], int] | None:
    """By issue and canonical form; None where nothing was ever counted."""
    try:
        with app.database.read() as c:
            found = counting.followed(c)
    except DatabaseError:
        return None
    times: Counter[tuple[str, str]] = Counter()
    for issue_id, url, people in found:
        times[issue_id, canonical(url)] += people
    return times if found else None
