"""The issue files that a publication has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mailer.composer.parsing import frontmatter
from mailer.premises import Premises


@dataclass(frozen=True, slots=True)
class IssueFile:
    """One file of the folder `issues/`, as its front matter describes it."""

    file: Path
    id: str
    title: str
    date: str
    lang: str


def listed(app: Premises) -> list[IssueFile]:
    """The publication's issue files, by name; one that cannot be read has no title."""
    found = []
    for path in sorted(app.issues.glob("*.md")):
        text = path.read_bytes().decode("utf-8", errors="replace")
        defaults = frontmatter.Defaults(app.config.publication.lang, (), path.stem)
        front = frontmatter.read_alone(text, str(path), defaults)
        if front is None:
            found.append(IssueFile(path, path.stem, "", "", defaults.lang))
            continue
        date = front.date.isoformat() if front.date else ""
        found.append(IssueFile(path, front.id, front.title, date, front.lang))
    return found
