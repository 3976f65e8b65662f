"""A notice → what it means. Never by the first digit alone: most 5xx are no dead address."""

from __future__ import annotations

import re
from dataclasses import replace

from mailer.feedback.classifying.rules import RULES, Rule
from mailer.feedback.notice import Notice, Said
from mailer.model.report import ReportClass

_NO_WORDS = re.compile(r"https?://\S+|www\.\S+|[^\s@]+@[\w.-]+")
_POLICY = "5.7."
_READ = 6000  # characters in which a reason must stand


def classify(notice: Notice) -> ReportClass:
    """By the first rule that applies; what none knows may pass, unless it was a policy's."""
    rule = rule_for(notice)
    if rule is not None:
        return rule.kind
    return ReportClass.BLOCKED if notice.status.startswith(_POLICY) else ReportClass.TEMPORARY


def rule_for(notice: Notice) -> Rule | None:
    """What was said decides; where it says nothing, the reporting system's own words do, unless
    it was said of the sender."""
    if not notice.final:
        return None
    found = _first(notice, notice.text)
    if found or notice.said is Said.SENDER:
        return found
    return _first(replace(notice, said=Said.ITSELF), notice.comment)


def _first(notice: Notice, text: str) -> Rule | None:
    words = _NO_WORDS.sub(" ", " ".join(text.split())[:_READ])
    return next((rule for rule in RULES if _applies(rule, notice, words)), None)


def _applies(rule: Rule, notice: Notice, words: str) -> bool:
    if notice.said not in rule.said or (rule.permanent and not notice.is_permanent):
        return False
    if notice.status in rule.codes or str(notice.code) in rule.codes:
        return True
    return rule.words is not None and rule.words.search(words) is not None
