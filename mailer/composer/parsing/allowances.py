"""`allow` in the front matter: findings that the editor lets stand, each with a reason.

allow:
  link-http: the museum has no https
  picture-alt-long:
    images/map.png: a map cannot be told in fewer words
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

import yaml

from mailer.composer.parsing.characters import one_line
from mailer.composer.report import Report
from mailer.composer.rules import RULES
from mailer.model.finding import Allowance, Severity

_FIRST_LINE = 2  # of the YAML text, in the file
_FORM = "write `rule: reason` on a line of its own, further in than allow:"
_NULL = "tag:yaml.org,2002:null"


def read(node: yaml.Node, line: int, report: Report) -> tuple[Allowance, ...]:
    """The sound ones; of each other, a finding. `line` is that of the key."""
    if node.tag == _NULL:
        return ()
    if not isinstance(node, yaml.MappingNode):
        report.add("allow-invalid", line, "allow is no list of rules", _FORM)
        return ()
    found: list[Allowance] = []
    for key, value in node.value:
        rule, where = _text(key, report), _line(key)
        if _may_be_allowed(rule, where, report):
            found += _of_rule(rule, value, where, report)
    return tuple(found)


def _may_be_allowed(rule: str, line: int, report: Report) -> bool:
    if rule not in RULES:
        near = get_close_matches(rule, RULES, 1)
        mend = f"write {near[0]}" if near else "write the name that stands behind the finding"
        report.add("allow-invalid", line, f"there is no rule {rule!r} to allow", mend)
    elif RULES[rule].severity is Severity.ERROR:
        message = f"{rule} is an error, and only warnings can be allowed"
        report.add("allow-invalid", line, message, "mend what it finds, and remove this line")
    else:
        return True
    return False


def _of_rule(rule: str, value: yaml.Node, line: int, report: Report) -> Iterator[Allowance]:
    """One of the whole rule, or one for each part of a message that is given."""
    if not isinstance(value, yaml.MappingNode):
        yield from _reasoned(rule, "", value, line, report)
        return
    for key, reason in value.value:
        about, where = _text(key, report), _line(key)
        if about:
            yield from _reasoned(rule, about, reason, where, report)
        else:
            message = f"{rule}: which findings may stand is not said"
            report.add("allow-invalid", where, message, "write a part of their message")


def _reasoned(
    rule: str, about: str, reason: yaml.Node, line: int, report: Report
) -> Iterator[Allowance]:
    text = _text(reason, report)
    if text:
        yield Allowance(rule, about, text, line)
    else:
        report.add("allow-invalid", line, f"{rule} is allowed without a reason", "write it behind")


def _text(node: yaml.Node, report: Report) -> str:
    """Empty where it is no text."""
    if not isinstance(node, yaml.ScalarNode) or node.tag == _NULL:
        return ""
    return one_line(node.value, report, _line(node))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + _FIRST_LINE
