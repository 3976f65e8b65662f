"""Our own pages, mails and feeds import back to the issue that they were made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from types import SimpleNamespace
from typing import Any, cast

import editions
import pytest
import theming

from mailer.composer.parsing import parse
from mailer.intake.reading.post import Raw
from mailer.intake.reading.posts import posts
from mailer.intake.writing.issue_file import issue_file
from mailer.model.content import CodeBlock, Picture, Table, Text
from mailer.model.edition import Edition
from mailer.model.issue import Issue
from mailer.model.slot import Slot
from mailer.web import feed

THEMES = ("digest", "letter", "bulletin")


def page(edition: Edition) -> bytes:
    return edition.page.encode()


def mail(edition: Edition) -> bytes:
    return theming.message(edition)


def atom(edition: Edition) -> bytes:
    now = dt.datetime(2021, 1, 31, 12, tzinfo=dt.UTC)
    face = SimpleNamespace(id="news", name="News", tagline="")
    site = SimpleNamespace(
        lang="en",
        now=lambda: now,
        face=face,
        url="https://news.example.org",
        origin="https://x.org",
    )
    shown = SimpleNamespace(updated=now, since=now)
    entry = SimpleNamespace(url="/issues/a", issue=shown)
    return feed.atom(cast(Any, site), "news.example.org", [(cast(Any, entry), edition)])


def imported(content: bytes, name: str, lang: str) -> Issue:
    (post,) = posts(Raw(content, name))
    return parsed(issue_file(post.read(lang), ""))


def parsed(text: str) -> Issue:
    issue = parse.parse(text, "", parse.Defaults("en", (), "2021-01")).issue
    assert issue is not None
    return issue


def comparable(value: Any, values: Mapping[str, str]) -> Any:
    """Without what no reader gets: lines of the file, names of picture files and of languages of
    code; a slot is what it shows where nothing is known of the reader."""
    if isinstance(value, tuple):
        return _merged([comparable(each, values) for each in value])
    if isinstance(value, Slot):
        return Text(values.get(value.name, value.default) or "")
    if not is_dataclass(value) or isinstance(value, type):
        return value
    found = {field.name: comparable(getattr(value, field.name), values) for field in fields(value)}
    blank: dict[str, Any] = {"line": 0}
    if isinstance(value, Picture):
        blank |= {"source": "", "width": None}
    if isinstance(value, CodeBlock):
        blank |= {"language": ""}
    if isinstance(value, Table):
        blank |= {"aligns": tuple(None if align == "left" else align for align in value.aligns)}
    return replace(cast(Any, value), **found | {k: v for k, v in blank.items() if k in found})


def _merged(values: list[Any]) -> tuple[Any, ...]:
    found: list[Any] = []
    for value in values:
        if isinstance(value, Text) and found and isinstance(found[-1], Text):
            found[-1] = Text(found[-1].text + value.text)
        else:
            found.append(value)
    return tuple(found)


def content(issue: Issue, values: Mapping[str, str] | None = None) -> Issue:
    """What readers see of it."""
    seen = replace(issue, id="", subject=(), preheader="", theme=None)
    return cast(Issue, comparable(seen, values or {}))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("made", [page, mail, atom])
@pytest.mark.parametrize("name", ["2020-10", "2021-01"])
def test_an_issue_comes_back(name: str, made: Callable[[Edition], bytes], theme: str) -> None:
    """Headings, sections, link lines with roles, lists, quotations, code, captions, sign-off; what
    stands around the issue, personal links first, is gone."""
    original = editions.issue(name)
    suffix = {"page": ".html", "mail": ".eml", "atom": ".xml"}[made.__name__]
    found = imported(made(editions.edition(theme, name)), f"x{suffix}", "en")
    expected = content(original, theming.VALUES if made is mail else {})
    if made is atom:
        found = replace(found, date=original.date)
    assert content(found) == expected
