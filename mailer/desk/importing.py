"""Making an issue file of what lies elsewhere: a page, a mail, a feed, an export, a text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

from mailer import files
from mailer.composer.parsing import parse
from mailer.composer.parsing.frontmatter import is_language
from mailer.errors import FetchError, NotFound, SourceError, UsageError
from mailer.fetch import Fetcher
from mailer.intake.gathering import Gathered, gathered
from mailer.intake.reading.manuscript import Manuscript, Remark
from mailer.intake.reading.post import Post, Raw
from mailer.intake.reading.posts import posts
from mailer.intake.writing.issue_file import issue_file
from mailer.model.counted import number
from mailer.premises import Premises

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_LARGEST = 100_000_000  # bytes of a file; an export has years of posts
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_ISSUES, _PICTURES = "issues", "images"
_SHOWN = 5  # posts that are named where one has to be chosen


@dataclass(frozen=True, slots=True)
class Imported:
    """`missing` tells of each picture that could not be had why, `remarks` what to look at."""

    file: Path
    title: str
    date: dt.date | None
    number: int | None
    lang: str
    outline: str
    pictures: tuple[Path, ...]
    missing: Mapping[str, str]
    left_out: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """`lang` is told from the text where it is empty; `post` chooses one of several, by its number
    or words of its title; `force` replaces a file that is there."""

    lang: str = ""
    post: str = ""
    force: bool = False


def bring_in(premises: Premises, fetcher: Fetcher, source: str, out: Path, wish: Wish) -> Imported:
    """Write the issue file and its pictures, all of them or none. Raises UsageError, NotFound,
    FetchError, SourceError."""
    if out.suffix != ".md":
        raise UsageError(f"{out}: an issue file's name ends in .md")
    if out.exists() and not wish.force:
        raise UsageError(f"{out}: is there already: choose another name, or --force to replace it")
    if wish.lang and not is_language(wish.lang):
        raise UsageError(f"--lang {wish.lang}: is no language: write one such as en or pt-BR")
    raw = _raw(fetcher, source)
    try:
        chosen = _chosen(posts(raw), wish.post)
        manuscript = _completed(chosen.read(wish.lang), chosen, premises, out)
    except SourceError as error:
        raise SourceError(f"{source}: {error}") from error
    shelf = _Shelf(fetcher, chosen.parts, None if raw.base else Path(source).parent)
    found = gathered(manuscript, f"{_PICTURES}/{_slug(out)}", shelf.obtain)
    pictures = _write(out, _home(premises, out), found)
    return _imported(premises, out, found, pictures)


def _raw(fetcher: Fetcher, source: str) -> Raw:
    """Raises NotFound, FetchError."""
    if _ADDRESS.match(source):
        try:
            page = fetcher.get(source)
        except FetchError as error:
            raise FetchError(f"{source} {error}") from error
        return Raw(page.content, page.url, page.url, page.media_type, page.charset)
    path = Path(source)
    try:
        if path.stat().st_size > _LARGEST:
            raise SourceError(f"{source}: over {_LARGEST:,} bytes: that is no issue nor an export")
        return Raw(path.read_bytes(), path.name)
    except FileNotFoundError as error:
        raise NotFound(f"{source}: no such file: give a file, or an address https://…") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise NotFound(f"{source!r}: cannot be read: {reason}") from error


def _chosen(found: Sequence[Post], wanted: str) -> Post:
    """Raises SourceError where it is not clear which."""
    if wanted.isdecimal() and 0 < int(wanted) <= len(found):
        return found[int(wanted) - 1]
    fitting = [post for post in found if wanted.casefold() in post.title.casefold()]
    if len(fitting) == 1:
        return fitting[0]
    if len(found) == 1:
        raise SourceError("is one post, and none of that number or title: leave --post out")
    named = [f"{found.index(post) + 1} “{post.title}”" for post in fitting or found]
    listed = ", ".join(named[:_SHOWN]) + (", …" if len(named) > _SHOWN else "")
    every = number(len(fitting) or len(found), "post")
    of = every if fitting else f"none of the {every}"
    title = " of that title" if wanted else ""
    raise SourceError(f"has {of}{title}: choose with --post NUMBER: {listed}")


def _completed(manuscript: Manuscript, post: Post, premises: Premises, out: Path) -> Manuscript:
    """With a title, which an issue needs, and the publication's language where none is told.
    Raises SourceError for a page without text, which a browser may have to write first."""
    if not manuscript.pieces:
        raise SourceError(
            "holds no text: open it in a browser, and save or copy what you see there"
        )
    title = manuscript.title or post.title or out.stem
    lang = manuscript.lang or premises.config.publication.lang
    return replace(manuscript, title=title, lang=lang)


def _slug(out: Path) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", out.stem).strip("-.") or "issue"


def _home(premises: Premises, out: Path) -> Path:
    """Where `images/` is: in the publication for a file of its `issues/`, else beside the file."""
    issues = (premises.folder / _ISSUES).resolve()
    return premises.folder if out.resolve().parent == issues else out.parent


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Where the pictures of a source are: packed with it, beside it in `folder`, on the web."""

    fetcher: Fetcher
    parts: Mapping[str, bytes]
    folder: Path | None

    def obtain(self, source: str) -> bytes:
        """Raises FetchError, SourceError."""
        if source in self.parts:
            return self.parts[source]
        if _ADDRESS.match(source):
            return self.fetcher.get(source).content
        if self.folder is None or source.startswith("cid:"):
            raise SourceError("did not come along")
        return self._beside(self.folder, source)

    def _beside(self, folder: Path, source: str) -> bytes:
        path = (folder / unquote(source)).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise SourceError("lies outside the folder of the page")
        try:
            return path.read_bytes()
        except (OSError, ValueError) as error:
            raise SourceError("is not beside the page") from error


def _write(out: Path, home: Path, found: Gathered) -> tuple[Path, ...]:
    """Pictures first: an issue file without them would be half an import."""
    issue_id = "" if _ID.fullmatch(out.stem) else _slug(out)
    text = issue_file(found.manuscript, issue_id)
    written: list[Path] = []
    try:
        for name, content in found.files.items():
            path = home / name
            new = not path.exists()
            files.write_atomically(path, content)
            written += [path] if new else []
        files.write_atomically(out, text)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return tuple(home / name for name in found.files)


def _imported(
    premises: Premises, out: Path, found: Gathered, pictures: tuple[Path, ...]
) -> Imported:
    manuscript = found.manuscript
    publication = premises.config.publication
    defaults = parse.Defaults(publication.lang, publication.lead_words, out.stem)
    issue = parse.parse(out.read_text(encoding="utf-8"), str(out), defaults).issue
    return Imported(
        out,
        manuscript.title,
        manuscript.date,
        manuscript.number,
        manuscript.lang,
        issue.outline() if issue else "",
        pictures,
        found.missing,
        manuscript.left_out,
        tuple(piece.text for piece in manuscript.pieces if isinstance(piece, Remark)),
    )
