"""Every fault of an issue file: `bad/NAME.md` gives the findings of `bad/NAME.expected`.

A line of `.expected` is: severity, rule, line, and a part of message and mend.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mailer.composer.parsing.frontmatter import read_alone
from mailer.composer.parsing.parse import Defaults, parse

BAD = sorted((Path(__file__).parent / "bad").glob("*.md"))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_gives_its_findings_and_no_others(path: Path) -> None:
    findings = parse(path.read_text(encoding="utf-8"), path.name, Defaults("en", (), "x")).findings
    expected = path.with_suffix(".expected").read_text(encoding="utf-8").splitlines()
    found = [f"{f.severity} {f.rule} {f.where.line} {f.message}: {f.mend}" for f in findings]
    assert len(found) == len(expected), found
    unmatched = list(found)
    for line in expected:
        head, part = line.split(" ", 3)[:3], line.split(" ", 3)[3]
        match = [f for f in unmatched if f.split(" ", 3)[:3] == head and part in f]
        assert match, (line, unmatched)
        unmatched.remove(match[0])


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_the_front_matter_of_a_bad_file_says_the_same_without_its_text(path: Path) -> None:
    source, defaults = path.read_text(encoding="utf-8"), Defaults("en", (), "x")
    issue, front = parse(source, path.name, defaults).issue, read_alone(source, "x.md", defaults)
    assert (front is None) == (issue is None)
    for name in ("id", "title", "number", "date", "subject", "preheader", "lang", "theme"):
        assert getattr(front, name, None) == getattr(issue, name, None)


def test_every_bad_file_has_its_expected_findings_beside_it() -> None:
    assert BAD
    assert all(path.with_suffix(".expected").read_text(encoding="utf-8").strip() for path in BAD)
