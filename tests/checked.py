"""Issues as the checks see them, and what they find."""

from __future__ import annotations

import json

import theming

from mailer.composer.checking.check import CheckContext, check
from mailer.composer.parsing.parse import Defaults, parse
from mailer.model.edition import PictureFile
from mailer.model.finding import Finding
from mailer.model.issue import Issue

PNG = PictureFile("abc.png", "image/png", 10, 10, b"")
DIGEST = theming.digest()
FINE = CheckContext(
    file="issue.md",
    theme=DIGEST,
    palette=DIGEST.repainted({}, {}),
    html=("x" * 20_000,),
    has_address=True,
    pictures={"a.png": PNG},
)


def issue_of(body: str, title: str = "A digest", lang: str = "en") -> Issue:
    """An issue whose body begins on line 4."""
    source = (
        f"---\n{{title: {json.dumps(title)}, preheader: In short, lang: {lang}}}\n---\n{body}\n"
    )
    issue = parse(source, "issue.md", Defaults("en", (), "x")).issue
    assert issue
    return issue


def findings(body: str, context: CheckContext = FINE) -> tuple[Finding, ...]:
    return check(issue_of(body), context)


def found(body: str, context: CheckContext = FINE) -> list[tuple[str, str, int]]:
    """Severity, rule and line of each finding."""
    return [brief(finding) for finding in findings(body, context)]


def brief(finding: Finding) -> tuple[str, str, int]:
    return str(finding.severity), finding.rule, finding.where.line
