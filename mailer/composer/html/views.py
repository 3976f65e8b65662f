"""An issue as a theme's templates see it: everything rendered, only its place left to choose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from markupsafe import Markup

from mailer.composer.html.renderer import Renderer
from mailer.composer.html.words import plain
from mailer.model.content import Blocks, Paragraph
from mailer.model.issue import Issue, Item, Section
from mailer.model.slot import Slot

_PREVIEW = 120  # characters of the intro that stand in for a preheader
_INBOX_LINE = 150  # characters that an inbox shows of preheader and text at most


@dataclass(frozen=True, slots=True)
class ItemView:
    heading: Markup
    label: Markup  # the heading where no link may stand
    anchor: str
    link_line: Sequence[Markup]
    body: Markup
    footnotes: Markup
    section: bool = False


@dataclass(frozen=True, slots=True)
class SectionView:
    heading: Markup
    label: Markup
    anchor: str
    lead_in: Markup
    items: Sequence[ItemView]
    footnotes: Markup
    section: bool = True


@dataclass(frozen=True, slots=True)
class IssueView:
    """`filler` follows the preheader, so that an inbox shows nothing of the text behind it."""

    title: str
    number: int | None
    date: str
    lang: str
    dir: str
    preheader: str
    filler: str
    intro: Markup
    entries: Sequence[ItemView | SectionView]
    sign_off: Markup
    footnotes: Markup


def issue_view(issue: Issue, renderer: Renderer) -> IssueView:
    locale = locale_of(issue.lang)
    preheader = issue.preheader or opening(issue.intro)
    return IssueView(
        title=issue.title,
        number=issue.number,
        date=long_date(issue.date, locale),
        lang=issue.lang,
        dir=direction(issue.lang),
        preheader=preheader,
        filler="\u034f " * max(0, _INBOX_LINE - len(preheader)),  # a joiner keeps the spaces apart
        intro=renderer.blocks(issue.intro, 2),
        entries=[
            _section(entry, renderer) if isinstance(entry, Section) else _item(entry, renderer, 3)
            for entry in issue.entries
        ],
        sign_off=renderer.blocks(issue.sign_off, 2),
        footnotes=renderer.footnotes(issue.footnotes, 2),
    )


def _item(item: Item, renderer: Renderer, level: int) -> ItemView:
    return ItemView(
        heading=renderer.inlines(item.heading),
        label=renderer.attribute(item.heading),
        anchor=item.anchor,
        link_line=renderer.link_line(item),
        body=renderer.blocks(item.body, level),
        footnotes=renderer.footnotes(item.footnotes, level),
    )


def _section(section: Section, renderer: Renderer) -> SectionView:
    return SectionView(
        heading=renderer.inlines(section.heading),
        label=renderer.attribute(section.heading),
        anchor=section.anchor,
        lead_in=renderer.blocks(section.lead_in, 3),
        items=[_item(item, renderer, 4) for item in section.items],
        footnotes=renderer.footnotes(section.footnotes, 3),
    )


def locale_of(lang: str) -> Locale | None:
    """The locale of a language tag (BCP 47), None for a language that Babel does not know."""
    try:
        return Locale.parse(lang, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


def direction(lang: str) -> str:
    """`rtl` for a language that is written from right to left, else `ltr`."""
    locale = locale_of(lang)
    return locale.text_direction if locale else "ltr"


def long_date(date: dt.date | None, locale: Locale | None) -> str:
    return format_date(date, "long", locale=locale or "en") if date else ""


def opening(blocks: Blocks) -> str:
    """The first words of the first paragraph, cut between words."""
    first = next((block for block in blocks if isinstance(block, Paragraph)), None)
    if first is None:
        return ""
    words = "".join((p.default or "") if isinstance(p, Slot) else p for p in plain(first.children))
    text = " ".join(words.split())
    return text if len(text) <= _PREVIEW else text[:_PREVIEW].rpartition(" ")[0] + "…"


def summary(issue: Issue, strings: Mapping[str, str]) -> str:
    """`Issue 13 · January 31, 2021`, as far as the issue has them."""
    number = strings["number"].replace("{number}", str(issue.number)) if issue.number else ""
    date = long_date(issue.date, locale_of(issue.lang))
    return " · ".join(part for part in (number, date) if part)
