"""Slots that ask for what no reader has."""

from __future__ import annotations

import dataclasses

from checked import FINE, findings, issue_of

from mailer.composer.checking.check import check

KNOWN = dataclasses.replace(FINE, attributes=frozenset({"first_name", "town"}))


def test_a_slip_is_named_with_the_name_that_is_near() -> None:
    """Or with what else can be done; a default makes up for what nobody has, not for a slip."""
    body = (
        '{{ frist_name | default("reader") }}\n\n## I\n{{ zzz }} {{ town }} {{ email }} '
        "{{ yyy | default('') }}"
    )
    near, far = findings(body, KNOWN)
    assert (near.rule, near.where.line, near.mend) == ("slot-unknown", 4, "write first_name")
    assert near.message == "{{ frist_name }}: no reader has a frist_name"
    assert (far.where.line, far.mend) == (
        7,
        "mend its spelling, give it a default, or import readers with such a column",
    )


def test_it_is_found_wherever_a_slot_may_stand() -> None:
    """With its line, in an address too."""
    body = (
        "a\n{{ x }}\n\n## {{ x }}\nLinks: [code](https://e.org/?{{ x }})\n\n- > {{ x }}\n\n"
        "| {{ x }} |\n|--|\n| {{ x }} |\n\n### *{{ x }}*\na{{ x }}[^1]\n\n#### {{ x }}\nText\n\n"
        "---\n{{ x }}\n\n[^1]: {{ x }}"
    )
    lines = [f.where.line for f in findings(body, KNOWN) if f.rule == "slot-unknown"]
    assert lines == [5, 7, 8, 10, 12, 16, 17, 19, 23, 25]


def test_a_subject_without_a_line_of_its_own_is_the_title() -> None:
    """Which may hold slots as well."""
    issue = issue_of("## I\nText", "Dear {{ x }}")
    context = dataclasses.replace(KNOWN, lines={"title": 2})
    assert [(f.rule, f.where.line) for f in check(issue, context)] == [("slot-unknown", 2)]


def test_nothing_is_said_where_nobody_was_asked() -> None:
    """Before the first reader is there, or without a database."""
    assert findings("{{ x }}\n\n## I\nText") == ()
