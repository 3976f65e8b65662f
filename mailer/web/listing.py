"""The issues of the archive as pages list them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailer.composer.html.views import locale_of, long_date
from mailer.ledger import archive
from mailer.ledger.archive import ArchivedIssue
from mailer.web.errata import issue_url, language_links
from mailer.web.site import Site


@dataclass(frozen=True, slots=True)
class Entry:
    """An issue under the title that its plain address shows; `others` are its other languages,
    `snippet` is where it has what was searched for."""

    issue: ArchivedIssue
    date: str
    url: str
    others: Sequence[tuple[str, str, str]]
    snippet: str = ""

    @property
    def title(self) -> str:
        return self.issue.title


def entries_of(site: Site) -> list[Entry]:
    """Every issue, the latest first."""
    with site.database.read() as c:
        return [entry_of(site, issue) for issue in archive.listed(c)]


def newest(site: Site) -> Entry | None:
    found = entries_of(site)
    return found[0] if found else None


def entry_of(site: Site, languages: Sequence[ArchivedIssue]) -> Entry:
    tags = [each.lang for each in languages]
    issue = languages[tags.index(plain(site, tags))]
    others = [tag for tag in tags if tag != issue.lang]
    return Entry(
        issue,
        long_date(issue.date, locale_of(issue.lang)),
        issue_url(site, issue.issue_id, issue.lang),
        language_links(site, issue.issue_id, others),
    )


def plain(site: Site, languages: Sequence[str]) -> str:
    """The language that an issue has where nobody asks for one: the publication's, or else that in
    which it was shown first."""
    return site.lang if site.lang in languages else languages[0]
