"""The plain-text edition: what a reader without HTML gets."""

from __future__ import annotations

import dataclasses
import re
from itertools import pairwise
from pathlib import Path
from unicodedata import east_asian_width

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailer.composer.parsing.parse import Defaults, parse
from mailer.composer.text.wrap import columns, wrap
from mailer.composer.text.writer import TextFrame, write_text
from mailer.composer.tree import inlines_of
from mailer.files import templates_dir
from mailer.model.characters import FORBIDDEN
from mailer.model.content import Hyperlink, Picture
from mailer.model.issue import Issue, Section
from mailer.model.slot import Slot, SlotKind, Slotted

FRAME = TextFrame(
    publication="Neurodigest",
    address="1 Example Street\n\nExample Town",
    date_line="Issue 13 · 31 January 2021",
    web_url="https://news.example.org/issues/2021-01",
    strings={
        "availability": "Availability",
        "separator": " / ",
        "colon": ": ",
        "picture": "Picture: {alt}",
        "why": "You get this because you subscribed to {list}.",
        "unsubscribe": "Unsubscribe",
        "preferences": "Preferences",
        "web": "View on the web",
        "tip": "Tip",
        "video": "Video: {title}",
        "caution": "Caution",
    },
)
HEAD = """\
A digest
========
Issue 13 · 31 January 2021
View on the web: https://news.example.org/issues/2021-01


"""
FOOT = f"""

{"-" * 72}
You get this because you subscribed to <list_title>.
Neurodigest
1 Example Street
Example Town

Unsubscribe: <unsubscribe_url>
Preferences: <preferences_url>
"""


def issue_of(body: str, title: str = "A digest") -> Issue:
    issue = parse(f"---\ntitle: {title}\n---\n{body}", "issue.md", Defaults("en", (), "x")).issue
    assert issue
    return issue


def shown(text: Slotted) -> str:
    """The text with each slot as its default or `<name>`."""
    return "".join(p if isinstance(p, str) else p.default or f"<{p.name}>" for p in text)


def text_of(body: str) -> str:
    """What a body becomes between the head and the foot."""
    text = shown(write_text(issue_of(body), FRAME))
    assert text.startswith(HEAD)
    assert text.endswith(FOOT)
    return text[len(HEAD) : -len(FOOT)]


def test_an_issue_without_content_is_head_and_foot() -> None:
    """Title, date, web address; why, who, unsubscribe and preferences."""
    assert shown(write_text(issue_of(""), FRAME)) == HEAD.rstrip("\n") + "\n" + FOOT


def test_the_slots_of_the_foot_are_filled_per_recipient() -> None:
    """They are the mailer's own, as text; a why-line may do without the list."""
    slots = [part for part in write_text(issue_of(""), FRAME) if isinstance(part, Slot)]
    assert slots == [Slot("list_title"), Slot("unsubscribe_url"), Slot("preferences_url")]
    strings = {**FRAME.strings, "why": "You subscribed."}
    text = write_text(issue_of(""), dataclasses.replace(FRAME, strings=strings))
    assert "You subscribed.\nNeurodigest" in shown(text)


def test_a_letter_to_one_person_has_no_links_of_a_list() -> None:
    """Nor an address on the web: head, and who writes."""
    letter = write_text(issue_of(""), dataclasses.replace(FRAME, personal=True))
    assert not [part for part in letter if isinstance(part, Slot)]
    told = shown(letter)
    assert "https://" not in told
    assert "Unsubscribe" not in told
    assert told.endswith("Neurodigest\n1 Example Street\nExample Town\n")


def test_an_undated_letter_begins_right_below_its_title() -> None:
    """No line stands for the date that is not there."""
    undated = dataclasses.replace(FRAME, personal=True, date_line="")
    assert shown(write_text(issue_of("Hello."), undated)).startswith(
        "A digest\n========\n\n\nHello."
    )


def test_the_whole_shape() -> None:
    """Underlined headings, the link line, numbered links below each part, notes, sign-off."""
    body = """\
Hello {{ first_name | default("reader") }}, see [this](https://example.org/this).

## DALL·E
Availability: [project page](https://example.org/a)/[code](https://example.org/b) / closed API

![An armchair](a.png)

Text with [a link](https://example.org/a) again.[^n]

#### Does it work?
Yes.

## A section
Lead-in with [one](https://example.org/one).

### Inner
Text.

[^n]: A note with [its link](https://example.org/n).

    More of it.

---
Bye, [write](mailto:me@example.org).
"""
    assert text_of(body) == (
        """\
Hello reader, see this [1].

[1] https://example.org/this


DALL·E
======
Availability: project page [1] / code [2] / closed API

[Picture: An armchair]

Text with a link [1] again.¹

Does it work?
~~~~~~~~~~~~~

Yes.

[1] https://example.org/a
[2] https://example.org/b
[3] https://example.org/n

¹ A note with its link [3].

  More of it.


A section
=========

Lead-in with one [1].

[1] https://example.org/one


Inner
-----

Text.


* * *

Bye, write [1].

[1] mailto:me@example.org
"""
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("*a* **b** ~~c~~ `d` *e **f***", "*a* *b* ~~c~~ `d` *e f*"),
        ("a  \nb\nc", "a\nb c"),
        ("- a\n- b\n  1. c\n  2. d\n", "- a\n- b\n  1. c\n  2. d"),
        ("- a\n\n  b\n- c\n", "- a\n\n  b\n\n- c"),
        ("- a\n\n      code\n", "- a\n\n      code"),
        ("9. a\n10. b\n", "9. a\n10. b"),
        ("-\n- a\n", "-\n- a"),
        ("> a\n>\n> > b\n", "> a\n>\n> > b"),
        (
            "> [!tip] *a* [b](https://x.org)\n> c\n>\n> - d",
            "| Tip: *a* b [1]\n|\n| c\n|\n| - d\n\n[1] https://x.org",
        ),
        ("> [!CAUTION]", "| Caution"),
        ("$x_i$ *$\\le$*", "xᵢ *≤*"),
        ("```py\nif x:\n\tgo()  \n\n```\n", "    if x:\n        go()\n"),
        ("a\n\n***\n\nb\n\n#### c", "a\n\n* * *\n\nb\n\nc\n~"),
        ("![a](a.png) ![](b.png)\n\n![](c.png)\n\nb", "[Picture: a]\n\nb"),
        ("a ![b](b.png)", "a [Picture: b]"),
        ("[![](b.png)](https://x.org)", "[Picture] [1]\n\n[1] https://x.org"),
        ("a [![](b.png)](https://x.org)", "a [1]\n\n[1] https://x.org"),
        ('[![a](b.png "*c*")](https://youtu.be/d)', "Video: *c* [1]\n\n[1] https://youtu.be/d"),
        ("[*a* {{ b }}](https://youtu.be/d)", "Video: *a* <b> [1]\n\n[1] https://youtu.be/d"),
        ('![a](b.png "c d"){width=3}', "[Picture: a]\nc d"),
        ("[](https://x.org)", "[1]\n\n[1] https://x.org"),
        ("a[b]()[c](#d)", "abc"),
        ("<https://x.org/a> <me@x.org>", "https://x.org/a me@x.org"),
        ("[x.org](https://x.org)", "https://x.org"),
        ("[*b*](https://x.org) *[c](https://x.org)*", "*b* [1] *c [1]*\n\n[1] https://x.org"),
        ("H<sub>2</sub>O &amp; &lt;b>", "H2O & <b>"),
        (
            "<table><tr><td>a&amp;<b>b</b></td><td>c</td></tr></table><script>d</script>",
            "a&b c",
        ),
        ("<script>alert(1)</script>", ""),
        ("<div></div>", ""),
    ],
)
def test_blocks_and_inlines(body: str, text: str) -> None:
    """Each kind as a reader of plain text would write it."""
    assert text_of(body).removesuffix("\n") == text.removesuffix("\n")


def test_tables_are_aligned() -> None:
    """By columns as they show: wide characters count two, slots as their defaults."""
    body = (
        "| a | {{ s | default('bb') }} | c |\n|---|:-:|--:|\n"
        "| 你好 | x | 1 |\n| a | | [l](https://x.org) |"
    )
    assert text_of(body) == (
        "a     bb      c\n----  --  -----\n你好  x       1\na         l [1]\n\n[1] https://x.org\n"
    )


def test_a_table_that_is_too_wide_becomes_records() -> None:
    """A row is a few lines `heading: cell`, without its empty cells."""
    long = "word " * 20
    assert text_of(f"| a | | c |\n|---|---|---|\n| {long} | b | |\n| x | | z |") == (
        "a: word word word word word word word word word word word word word\n"
        "  word word word word word word word\n"
        "b\n"
        "\n"
        "a: x\n"
        "c: z\n"
    )


def test_a_table_from_right_to_left_is_records_too() -> None:
    """Cells in two directions would change places from line to line."""
    issue = issue_of("| a | b |\n|---|---|\n| c | d |")
    text = shown(write_text(issue, dataclasses.replace(FRAME, is_mirrored=True)))
    assert "\na: c\nb: d\n" in text


def test_slots_are_text_but_for_those_in_addresses() -> None:
    """A slot of a URL stays a URL component: its value is percent-encoded in a text too."""
    text = write_text(issue_of("{{ a | default('b') }} [x](https://x.org/?{{ c }})"), FRAME)
    assert [part for part in text if isinstance(part, Slot)][:2] == [
        Slot("a", "b", SlotKind.TEXT),
        Slot("c", None, SlotKind.URL),
    ]


def test_lines_end_at_72_columns() -> None:
    """With a slot as long as its default; long addresses stay whole, also in a line of text."""
    url = "https://example.org/" + "x" * 100
    body = f"{'word ' * 14}aa bb {{{{ s | default('cc') }}}} <{url}> dd [{'y' * 70}](https://x.org)"
    lines = text_of(body).split("\n")
    assert lines[0] == "word " * 14 + "aa"
    assert lines[1:5] == ["bb cc", url, "dd", "y" * 70 + " [1]"]


def test_long_titles_and_headings_are_wrapped_and_underlined() -> None:
    """The rule is as long as the longest line."""
    text = shown(write_text(issue_of("## " + "word " * 20 + "\nText", "word " * 20), FRAME))
    words = "word " * 13 + "word\n" + "word " * 5 + "word\n"
    assert text.startswith(words + "=" * 69 + "\n")
    assert words + "=" * 69 + "\n" in text


class TestWrap:
    def lines(self, text: str, width: int) -> list[str]:
        return ["".join(map(str, line)) for line in wrap((text,), width)]

    def test_wide_characters_take_two_columns_and_part_anywhere(self) -> None:
        """But not before a full stop or closing bracket, nor after an opening one."""
        assert self.lines("这是一个很长的段落", 8) == ["这是一个", "很长的段", "落"]
        assert self.lines("这是一个。很长", 8) == ["这是一", "个。很长"]
        assert self.lines("这是一「个」", 8) == ["这是一", "「个」"]
        assert self.lines("GPT是一个模型", 6) == ["GPT是", "一个模", "型"]

    def test_what_belongs_together_stays_together(self) -> None:
        """Combining marks, pictures joined of several characters, skin tones."""
        assert self.lines("か\u3099か\u3099", 2) == ["か\u3099", "か\u3099"]
        assert self.lines("👩\u200d👧 a", 3) == ["👩\u200d👧", "a"]
        assert self.lines("你👍\U0001f3fd", 4) == ["你", "👍\U0001f3fd"]

    def test_a_slot_is_never_parted_from_what_it_touches(self) -> None:
        """Its value is not known yet."""
        line = ("你", Slot("a", "bcd"), "好好")
        assert wrap(line, 4) == [("你", Slot("a", "bcd"), "好"), ("好",)]

    def test_columns(self) -> None:
        """Wide two, combining none, a slot its default's."""
        assert columns(("a你e\u0301", Slot("s", "你"), Slot("t"))) == 6


EXAMPLES = sorted((templates_dir() / "example" / "issues").glob("*.md"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_have_every_heading_and_link_in_text(path: Path) -> None:
    """And no address of a picture."""
    issue = parse(path.read_text(encoding="utf-8"), path.name, Defaults("en", (), "x")).issue
    assert issue
    text = shown(write_text(issue, FRAME))
    flat = " ".join(text.split())
    for entry in (*issue.entries, *issue.items()):
        assert entry.title in flat
        assert isinstance(entry, Section) or entry.link_line
    for inline in inlines_of(issue):
        if isinstance(inline, Hyperlink):
            assert inline.url.text in text
        if isinstance(inline, Picture):
            assert inline.source not in text
            assert f"[Picture: {inline.alt}]" in flat


def width(line: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in line)


PIECES = (
    "# a\n¦## b\n¦### c\n¦#### d\n¦*¦**¦`¦```\n¦[e](f)¦[¦]¦![g](h)¦[^i]¦\n\n[^i]: j\n¦^[k]¦- ¦1. ¦"
    "> ¦| l | m |\n|--|--|\n¦| n |\n¦\n\n---\n¦\n¦\n\n¦ ¦    ¦{{ o }}¦{{ p | default('q r') }}¦<b>¦"
    "</b>¦<div>\n\n¦&#13;¦&#12;¦你好，世界¦👩\u200d👧¦word word word ¦Availability: ¦ / ¦"
    "https://x.org/s¦\u2028¦\u00a0¦\ufeff"
)
MARKUP = st.lists(st.sampled_from(PIECES.split("¦")), max_size=50).map("".join)


@settings(deadline=None, max_examples=300)
@example("", "\ufdd0")
@given(st.one_of(st.text(), MARKUP), st.text())
def test_any_text_makes_a_clean_edition(body: str, address: str) -> None:
    """Nothing that no mail may hold, no space at a line's end, no mark of ours, one final line
    feed."""
    frame = dataclasses.replace(FRAME, address=address, date_line=address)
    text = write_text(issue_of(body), frame)
    whole = shown(text)
    assert "\t" not in whole
    assert not FORBIDDEN.search(whole)
    assert not re.search(r"[ \t]+(\n|\Z)", whole)
    assert whole.endswith("\n")
    assert not whole.endswith("\n\n")
    kinds = [isinstance(part, str) for part in text]
    assert not any(a and b for a, b in pairwise(kinds))


@settings(deadline=None)
@given(st.lists(st.text("ab你好。「」 ", min_size=1, max_size=12)).map("".join), st.integers(4, 40))
def test_wrapping_loses_nothing_and_keeps_the_width(text: str, limit: int) -> None:
    """What is left out is white space; a line is too long only where nothing in it may part."""
    lines = ["".join(map(str, line)) for line in wrap((text,), limit)]
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert width(line) <= limit or " " not in line.strip()
