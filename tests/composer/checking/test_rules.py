"""The table of rules, and its twin in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

from mailer.composer.rules import RULES

ROOT = Path(__file__).parents[3]
ROW = re.compile(r"\| `([a-z0-9-]+)` \| (error|warning) \| (.+?) \| (.+?) \|")


def test_the_documentation_has_every_rule_as_the_table_has_it() -> None:
    """Name, severity and sentence, in the same order; and each says what to do."""
    rows = ROW.findall((ROOT / "docs" / "checks.md").read_text(encoding="utf-8"))
    documented = [row[:3] for row in rows]
    assert documented == [(name, str(r.severity), r.sentence) for name, r in RULES.items()]


def test_every_rule_is_one_that_something_finds() -> None:
    """A rule that no code names would promise what nothing looks for."""
    sources = [path for path in (ROOT / "mailer").rglob("*.py") if path.name != "rules.py"]
    code = "".join(path.read_text(encoding="utf-8") for path in sources)
    assert [name for name in RULES if f'"{name}"' not in code] == []


def test_a_sentence_is_one() -> None:
    """It begins with a capital and ends with a full stop."""
    assert all(re.fullmatch(r"[A-Z].*\.", rule.sentence) for rule in RULES.values())
