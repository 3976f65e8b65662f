"""What came of composing an issue file, as everybody at the desk hands it on."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from mailer.errors import IssueRefused
from mailer.model.command import command
from mailer.model.counted import number
from mailer.model.edition import Edition, PictureFile
from mailer.model.finding import Finding, has_errors
from mailer.model.issue import Issue


@dataclass(frozen=True, slots=True)
class Composition:
    """`issue` and `edition` are None where the file's front matter cannot be read. `siblings` are
    the files beside it that have its id and another language; `translations` are those composed,
    where the edition holds them, see `translating.together`."""

    file: Path
    issue: Issue | None
    edition: Edition | None
    pictures: tuple[PictureFile, ...]
    findings: tuple[Finding, ...]
    allowed: tuple[Finding, ...] = ()  # those that the editor lets stand
    siblings: tuple[Path, ...] = ()
    translations: tuple[Composition, ...] = ()

    @property
    def alone(self) -> Composition:
        """The file's own language."""
        if self.edition is None or not self.translations:
            return self
        return dataclasses.replace(self, edition=self.edition.alone, translations=())

    def complete(self) -> tuple[Issue, Edition]:
        """Raises IssueRefused where nothing could be composed at all."""
        if self.issue is None or self.edition is None:
            first = self.findings[0]
            raise IssueRefused(f"{first.where}: {first.message}: {first.mend}")
        return self.issue, self.edition

    def require_sound(self) -> tuple[Issue, Edition]:
        """Raises IssueRefused where a finding is an error, in whichever language."""
        for translation in self.translations:
            translation.require_sound()
        if has_errors(self.findings):
            count = sum(finding.severity == "error" for finding in self.findings)
            raise IssueRefused(
                f"{self.file}: {number(count, 'error')}: mend them, then try again "
                f"({command('issue', 'check', self.file)})"
            )
        return self.complete()
