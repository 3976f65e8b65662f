"""The other files of an issue: those beside it that have its id, in other languages."""

from __future__ import annotations

from pathlib import Path

from mailer.composer.parsing import parse
from mailer.composer.parsing.parse import Defaults
from mailer.model.issue import Issue

_HEAD = 4_000  # bytes of a file in which its id is sought


def siblings(file: Path, issue: Issue, defaults: Defaults) -> dict[Path, Issue]:
    """By name; what cannot be read as an issue is none."""
    found = {}
    for path in sorted(file.parent.glob("*.md")):
        if path.name == file.name or not _may_be(path, issue.id):
            continue
        text = path.read_bytes().decode("utf-8", errors="replace")
        own = Defaults(defaults.lang, defaults.lead_words, path.stem)
        other = parse.parse(text, str(path), own).issue
        if other is not None and other.id == issue.id and other.lang != issue.lang:
            found[path] = other
    return found


def _may_be(path: Path, issue_id: str) -> bool:
    """Whether a look at the whole file is worth its time."""
    if path.stem == issue_id:
        return True
    try:
        with path.open("rb") as file:
            return issue_id.encode() in file.read(_HEAD)
    except OSError:
        return False
