"""The archive as files, which any web server, or a browser alone, can show."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import sqlalchemy as sa

from mailer.errors import UsageError
from mailer.ledger import archive, editions
from mailer.model.edition import Edition
from mailer.web.errata import earlier_page_of, earlier_url, issue_url
from mailer.web.listing import plain
from mailer.web.reading import Reading
from mailer.web.site import Site
from mailer.web.words import words_of

_LINK = re.compile(r'(<(?:a|img)\b[^>]*?\s(?:href|src)=")([^"]*)(")')
_INDEX = "index.html"


@dataclass(frozen=True, slots=True)
class Built:
    issues: int
    files: int


def build(site: Site, folder: Path) -> Built:
    """Write the archive into a folder; what it wrote there before is written anew. Raises
    UsageError where the folder is none."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: is a file: name a folder")
    reading = Reading(site)
    pages = dict(_pages(reading))
    pictures = dict(_pictures(site))
    known = {url: _file_of(site, url) for url in (*pages, *pictures)}
    for url, page in pages.items():
        _write(folder, known[url], _relinked(site, page, known[url], known))
    for url, content in pictures.items():
        _write(folder, known[url], content)
    machines: dict[str, bytes | str] = {
        "feed.xml": reading.feed_document(),
        "sitemap.xml": reading.sitemap_document(),
        "robots.txt": reading.robots_text(),
    }
    for name, text in machines.items():
        _write(folder, PurePosixPath(name), text)
    with site.database.read() as c:
        issues = len(archive.listed(c))
    return Built(issues, len(pages) + len(pictures) + len(machines))


def _write(folder: Path, file: PurePosixPath, content: bytes | str) -> None:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def _pages(reading: Reading) -> Iterator[tuple[str, str]]:
    """Every page under the path at which it is served."""
    site = reading.site
    yield site.home, reading.front_page(words_of(site.lang), alive=False)
    with site.database.read() as c:
        listed = archive.listed(c)
    for issue in (each for languages in listed for each in languages):
        page = reading.issue_page(issue.issue_id, issue.lang)
        if page is not None:
            yield issue_url(site, issue.issue_id, issue.lang), page
    for languages in listed:
        yield from _plain_page(reading, languages[0].issue_id, [e.lang for e in languages])
        yield from _earlier_pages(site, languages[0].issue_id)


def _plain_page(reading: Reading, issue_id: str, languages: list[str]) -> Iterator[tuple[str, str]]:
    """The plain address of an issue that is not in the publication's language."""
    site = reading.site
    lang = plain(site, languages)
    page = reading.issue_page(issue_id, lang)
    if lang != site.lang and page is not None:
        yield issue_url(site, issue_id, site.lang), page


def _earlier_pages(site: Site, issue_id: str) -> Iterator[tuple[str, str]]:
    with site.database.read() as c:
        for each in archive.earlier(c, issue_id):
            edition = editions.of_version(c, each.version)
            if edition is not None:
                yield (
                    earlier_url(site, issue_id, each.version),
                    earlier_page_of(site, edition, each.until),
                )


def _pictures(site: Site) -> Iterator[tuple[str, bytes]]:
    with site.database.read() as c:
        for name in sorted(_names(c)):
            found = editions.picture(c, name)
            if found is not None:
                yield f"{site.prefix}/pictures/{quote(name, safe='')}", found.content


def _names(c: sa.Connection) -> set[str]:
    """Of the pictures that some page shows."""
    listed = (each for languages in archive.listed(c) for each in languages)
    shown: list[Edition] = [editions.load(c, issue.edition_id) for issue in listed]
    return {name for edition in shown for name in edition.pictures}


def _file_of(site: Site, url: str) -> PurePosixPath:
    """Where the page of a path is written: a web server finds `issues/2021-01/index.html` for
    `/issues/2021-01`."""
    path, _, query = url.removeprefix(site.prefix).lstrip("/").partition("?lang=")
    if path.startswith("pictures/"):
        return PurePosixPath(path)
    return PurePosixPath(path, query, _INDEX)


def _relinked(
    site: Site, page: str, file: PurePosixPath, known: Mapping[str, PurePosixPath]
) -> str:
    """The page with its links leading to files; what is no file is on the publication's site."""

    def led(match: re.Match[str]) -> str:
        before, target, after = match.groups()
        path, mark, fragment = target.partition("#")
        within = path.removeprefix(site.origin) if path.startswith(f"{site.url}/") else path
        if within in known:
            relative = os.path.relpath(known[within], file.parent)
            return f"{before}{relative}{mark}{fragment}{after}"
        if within.startswith("/"):
            return f"{before}{site.origin}{within}{mark}{fragment}{after}"
        return match[0]

    return _LINK.sub(led, page)
