"""An issue file → what would be sent, and what there is to say about it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from mailer.composer import compose
from mailer.composer.checking import allowing
from mailer.composer.checking.budget import Share, shares
from mailer.composer.checking.check import check
from mailer.composer.checking.translations import compare
from mailer.composer.frame import Frame, Logo
from mailer.composer.html.theme import Theme
from mailer.composer.parsing import parse
from mailer.composer.report import Report
from mailer.composer.tree import inlines_of
from mailer.desk.checking import check_context
from mailer.desk.composition import Composition
from mailer.desk.framing import frame_of
from mailer.desk.logo import logo_of
from mailer.desk.siblings import siblings
from mailer.errors import IssueRefused, NotFound
from mailer.intake import pictures
from mailer.intake.pictures import Gallery, Shelf
from mailer.intake.remote import RemotePictures
from mailer.model.characters import FORBIDDEN
from mailer.model.content import Picture
from mailer.model.edition import PictureFile
from mailer.model.finding import Finding
from mailer.model.issue import Issue
from mailer.records import Records

_LARGEST = 2_000_000  # bytes of an issue file
PictureUrl = Callable[[PictureFile], str]
Asker = Callable[[Issue, str], tuple[Finding, ...]]


def compose_file(
    app: Records,
    file: Path,
    picture_url: PictureUrl | None = None,
    asker: Asker | None = None,
    carried: bool = False,
) -> Composition:
    """Read, compose and check. `picture_url` says where readers find a picture where mailer.toml
    leaves that open; by default on the publication's web side. `asker` asks the network where the
    links lead. `carried` puts the pictures into the mail, whatever mailer.toml says. Raises
    NotFound for a file that is not there."""
    file = located(app, file)
    report = Report(str(file))
    text = _text(file, report)
    if text is None:
        return Composition(file, None, None, (), report.findings())
    parsed = parse.parse(text, str(file), _defaults(app, file))
    issue = parsed.issue
    if issue is None:
        return Composition(file, None, None, (), parsed.findings)
    theme, unknown = _theme(app, issue, file)
    gallery = _gallery(app, issue, file, theme)
    logo, faults = logo_of(app, theme)
    edition = compose.compose(issue, theme, _frame(app, gallery, logo, picture_url, carried))
    known = check(issue, check_context(app, file, parsed, theme, gallery, edition))
    others = siblings(file, issue, _defaults(app, file))
    compared = compare(issue, str(file), {path.name: other for path, other in others.items()})
    asked = asker(issue, str(file)) if asker else ()
    found = (*parsed.findings, *unknown, *faults, *known, *compared, *asked)
    judged = allowing.judged(found, parsed.allowances, str(file), asker is not None)
    files = {picture.name: picture for picture in gallery.files.values()}
    if logo:
        files[logo.file.name] = logo.file
    shown = tuple(files[name] for name in edition.pictures)
    return Composition(
        *(file, issue, edition, shown, judged.findings, judged.allowed), siblings=tuple(others)
    )


def shares_of(composition: Composition) -> tuple[Share, ...]:
    """How many bytes of the HTML each section and item takes."""
    if composition.issue is None or composition.edition is None:
        return ()
    return shares(composition.issue, composition.edition.html)


def located(app: Records, file: Path) -> Path:
    """A name is relative to where the editor is, then to the publication."""
    inside = app.folder / file
    return inside if not file.exists() and inside.exists() else file


def _theme(app: Records, issue: Issue, file: Path) -> tuple[Theme, tuple[Finding, ...]]:
    """The issue's theme; where there is none of that name, the publication's and a finding."""
    own = app.config.publication.theme
    try:
        return app.theme(issue.theme or own), ()
    except NotFound as error:
        if issue.theme in (None, own):
            raise
        message, _, mend = str(error).rpartition(": ")
        report = Report(str(file))
        report.add("theme-unknown", 0, message, mend)
        return app.theme(own), report.findings()


def _text(file: Path, report: Report) -> str | None:
    """What stands in the file; None, with a finding, where it can be no issue's text."""
    if FORBIDDEN.search(str(file)) or "\n" in str(file):
        raise IssueRefused(f"{str(file)!a}: a name that cannot be shown or linked: rename it")
    try:
        if file.stat().st_size > _LARGEST:
            report.add(
                "file-size", 0, f"over {_LARGEST:,} bytes", "that is no issue of a newsletter"
            )
            return None
        content = file.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(
            f"{file}: no such file: `mailer issue list` shows those there are"
        ) from error
    except OSError as error:
        raise NotFound(f"{file}: cannot be read: {error.strerror}") from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        report.add("file-encoding", line, f"not UTF-8 at byte {error.start}", "save it as UTF-8")
        return None


def _defaults(app: Records, file: Path) -> parse.Defaults:
    publication = app.config.publication
    return parse.Defaults(publication.lang, publication.lead_words, file.stem)


def _gallery(app: Records, issue: Issue, file: Path, theme: Theme) -> Gallery:
    named = [inline for inline in inlines_of(issue) if isinstance(inline, Picture)]
    shelf = Shelf(file, app.folder, theme.settings.widths["picture"])
    web = RemotePictures(app.fetcher, app.folder / pictures.CACHE, app.now)
    return pictures.gather(named, shelf, web)


def _frame(
    app: Records, gallery: Gallery, logo: Logo | None, picture_url: PictureUrl | None, carried: bool
) -> Frame:
    return dataclasses.replace(
        frame_of(app, logo),
        pictures=gallery.files,
        remote=gallery.remote,
        picture_url=_exported(app) or picture_url,
        carried=carried or app.config.publication.images == "attached",
        tells_sign_up=app.config.look.sign_up,
    )


def _exported(app: Records) -> PictureUrl | None:
    """Where `[publication] images_url` says that the pictures are."""
    base = app.config.publication.images_url
    return None if base is None else lambda picture: f"{base}/{picture.name}"
