"""The drafts of a publication: each file's newest composition, and what stands against it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from mailer.app import App, open_app
from mailer.desk import issues
from mailer.desk.composing import compose_file
from mailer.desk.composition import Composition
from mailer.desk.issues import IssueFile
from mailer.errors import MailerError
from mailer.model.edition import Edition, PictureFile
from mailer.model.finding import Finding
from mailer.model.issue import Issue
from mailer.web.preview_changes import Changes


@dataclass(frozen=True, slots=True)
class Sound:
    """A composition that has an edition, with the configuration that it was made under."""

    app: App
    issue: Issue
    edition: Edition
    pictures: tuple[PictureFile, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A file as it is now. `sound` is its last composition that could be shown; `broken` says
    that this is not the file as it is now, for the reason in `fault` or in the findings. `allowed`
    counts those that the editor lets stand."""

    sound: Sound | None
    findings: tuple[Finding, ...]
    fault: str
    broken: bool
    allowed: int = 0


_EMPTY = Draft(None, (), "", True)


@dataclass
class Drafts:
    """`file` is the only one that is shown, or None for every issue file."""

    app: App
    file: Path | None
    changes: Changes
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _made: dict[Path, tuple[int, Draft]] = field(default_factory=dict)

    def listed(self) -> list[IssueFile]:
        return issues.listed(self.app)

    def files(self) -> dict[str, Path]:
        """Those that may be shown, by the name in their page's address."""
        if self.file is not None:
            return {self.file.stem: self.file}
        folder = self.app.issues
        return {path.stem: path for path in sorted(folder.glob("*.md"))}

    def of(self, file: Path) -> Draft:
        """Composed once for each change, whoever asks."""
        with self._lock:
            version = self.changes.version
            made, draft = self._made.get(file, (-1, _EMPTY))
            if made != version:
                draft = _composed(self.app.folder, file, draft)
                self._made[file] = version, draft
            return draft

    def picture(self, name: str) -> PictureFile | None:
        """One that a draft shows."""
        drafts = [draft for _, draft in tuple(self._made.values())]
        shown = (p for draft in drafts if draft.sound for p in draft.sound.pictures)
        return next((picture for picture in shown if picture.name == name), None)


def _composed(folder: Path, file: Path, before: Draft) -> Draft:
    """With mailer.toml as it is now. No fault of file, theme or configuration ends the preview."""
    try:
        app = open_app(folder)
        composition = compose_file(app, file)
    except MailerError as error:
        return Draft(before.sound, (), str(error), True)
    except Exception as error:
        fault = f"a fault of the program or of a theme: {type(error).__name__}: {error}"
        return Draft(before.sound, (), fault, True)
    sound = _sound(app, composition)
    allowed = len(composition.allowed)
    return Draft(sound or before.sound, composition.findings, "", sound is None, allowed)


def _sound(app: App, composition: Composition) -> Sound | None:
    if composition.issue is None or composition.edition is None:
        return None
    return Sound(app, composition.issue, composition.edition, composition.pictures)
