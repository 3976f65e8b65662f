"""Laying out: what was collected becomes items as the house writes them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from checked import issue_of
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.composer.parsing.parse import Defaults, parse
from mailer.intake.inbox.item import InboxItem
from mailer.intake.inbox.layout import House, laid_out
from mailer.model.characters import FORBIDDEN
from mailer.model.issue import Item, Role, Section

ENGLISH = House("en", (), ("Papers", "Tools"))


def item(title: str, **fields: Any) -> InboxItem:
    return InboxItem("https://e.org/a", title, dt.date(2021, 1, 1), **fields)


def test_items_stand_by_section_in_the_houses_order() -> None:
    """Those without one first, sections that nobody ordered last; the text is the note."""
    clip = item(
        "CLIP",
        note="It *sees*.",
        description="A model -- that sees -->",
        picture="https://e.org/clip.png",
        links={Role.PAPER: "https://arxiv.org/abs/1", Role.SOURCE: "https://github.com/a/b_(c)"},
    )
    items = [
        item("A talk", section="Events", note="Come."),
        item("A tool", section="tools", note="Use it."),
        item("A paper", section="Papers", note="Read it."),
        clip,
    ]
    assert laid_out(items, {"https://e.org/clip.png": "images/x/clip.png"}, ENGLISH) == (
        "## CLIP\n"
        "Availability: [source code](https://github.com/a/b_%28c%29) / "
        "[paper](https://arxiv.org/abs/1)\n\n"
        "<!-- From the page: A model – that sees –› -->\n\n"
        "![](images/x/clip.png)\n\n"
        "It *sees*.\n\n"
        "## Papers\n\n"
        "### A paper\nAvailability: [project page](https://e.org/a)\n\nRead it.\n\n"
        "## Tools\n\n"
        "### A tool\nAvailability: [project page](https://e.org/a)\n\nUse it.\n\n"
        "## Events\n\n"
        "### A talk\nAvailability: [project page](https://e.org/a)\n\nCome."
    )


def test_what_nobody_wrote_yet_is_left_to_do() -> None:
    """So that no issue goes out without it."""
    assert laid_out([item("A")], {}, ENGLISH).endswith(
        "\n\nTODO: what it is and why a reader should care."
    )


def test_a_house_has_its_own_language_and_word() -> None:
    """The first of its own words, else of its language, or of English."""
    german = laid_out(
        [item("A", links={Role.SOURCE: "https://github.com/a/b"})], {}, House("de-AT", (), ())
    )
    assert "\nVerfügbarkeit: [Quellcode](https://github.com/a/b)\n" in german
    assert "\nZum Stöbern: [" in laid_out([item("A")], {}, House("de", ("Zum Stöbern", "Da"), ()))
    assert "\nAvailability: [project page]" in laid_out([item("A")], {}, House("tlh", (), ()))


_LINE = st.text(min_size=1, max_size=30).map(lambda text: " ".join(FORBIDDEN.sub("", text).split()))


@given(title=_LINE.filter(bool), about=_LINE, section=st.sampled_from(["", "Papers", "# {{ x }}"]))
@settings(max_examples=80)
def test_any_title_is_read_as_what_it_says(title: str, about: str, section: str) -> None:
    """Whatever marks of Markdown, slots or HTML it is made of."""
    written = laid_out([item(title, section=section, description=about)], {}, ENGLISH)
    source = f"---\ntitle: T\n---\nHello.\n\n{written}\n"
    parsed = parse(source, "x.md", Defaults("en", (), "x"))
    assert parsed.issue
    (entry,) = parsed.issue.entries
    if section:
        assert isinstance(entry, Section)
        assert entry.title == section
        (entry,) = entry.items
    assert isinstance(entry, Item)
    assert entry.title == title
    assert [link.role for link in entry.links] == [Role.PROJECT]
    rules = {finding.rule for finding in parsed.findings}
    assert rules <= {"left-over"}


def test_an_issue_from_the_inbox_has_an_outline() -> None:
    """Sections are sections, items are items."""
    body = laid_out(
        [item("A"), item("B", section="Tools"), item("C", section="Tools")], {}, ENGLISH
    )
    assert issue_of(f"Hello.\n\n{body}").outline() == "intro · 1 section · 3 items · no sign-off"
