"""What one audience alone gets, in HTML and text."""

from __future__ import annotations

import dataclasses

import pytest
import theming
from checked import FINE, found, issue_of

from mailer.composer.checking.check import check
from mailer.composer.compose import compose
from mailer.composer.public import public
from mailer.composer.tree import margins
from mailer.model.audience import is_fence, narrowed, segments_of
from mailer.model.content import Audience
from mailer.model.edition import Edition, from_json, to_json

# {0} and {1} are blocks for `vip`, {2} is one for `de`.
PLACES = """Hello.

{0}
More of it.

## A section
Lead-in.

{2}
### One
Availability: [paper](https://example.org/1)

Text with [a link](https://example.org/all).

{1}
Text after it with [another](https://example.org/last).

### Two
Words.

{0}
---
{2}
Bye.
"""
VIP = "Only **vips** see [this](https://example.org/vip).\n"
MORE = "- a [list](https://example.org/list)\n\n![A picture](a.png)\n"
DE = "Grüße an {{ name | default('Leser') }}.\n"


def edition(theme: str, *blocks: str) -> Edition:
    frame = dataclasses.replace(theming.frame(), pictures={"a.png": FINE.pictures["a.png"]})
    return compose(issue_of(PLACES.format(*blocks)), theming.theme_named(theme), frame)


def fenced(segment: str, block: str) -> str:
    return f"::: audience {segment}\n{block}:::\n"


@pytest.fixture(params=["digest", "letter", "bulletin"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_what_is_left_out_leaves_nothing_behind(theme: str) -> None:
    """As if the blocks had never been there: not a byte more, in HTML (a rule of the style sheet
    apart) and in text."""
    whole = edition(theme, fenced("vip", VIP), fenced("vip", MORE), fenced("de", DE))
    assert whole.audiences == ("vip", "de")
    bare, without = edition(theme, "", "", ""), whole.narrowed(())
    assert (body(without), without.text) == (body(bare), bare.text)
    assert "vip" not in whole.page.partition("<body")[2]
    vips = edition(theme, VIP, MORE, "")
    assert body(whole.narrowed({"vip"})) == body(vips)


def test_who_is_in_the_segment_reads_it_like_everything_else(theme: str) -> None:
    """In the HTML nothing tells that it is for some; in the text its links are below it."""
    whole = edition(theme, fenced("vip", VIP), fenced("vip", MORE), fenced("de", DE))
    plain = edition(theme, VIP, MORE, DE)
    assert body(whole.narrowed({"vip", "de"})) == body(plain)
    text = joined(whole.narrowed({"vip"}).text)
    assert "Only *vips* see this [1].\n\n[1] https://example.org/vip\n\nMore of it." in text
    assert "Grüße" not in text
    assert "\n\n\n\n" not in text


def body(edition: Edition) -> str:
    return joined(edition.html).partition("<body")[2]


def joined(parts: tuple[object, ...]) -> str:
    return "".join(map(str, parts))


def test_an_edition_keeps_its_fences() -> None:
    whole = edition("digest", fenced("vip", VIP), "", fenced("de", DE))
    assert from_json(to_json(whole)) == whole
    assert not any(is_fence(slot) for slot in whole.slots())
    assert {slot.name for slot in whole.slots()} >= {"name"}


def test_an_edition_without_blocks_has_no_audience() -> None:
    bare = edition("digest", "", "", "")
    assert bare.audiences == ()
    assert bare.narrowed(()) == bare
    assert narrowed(("a",), ()) == ("a",)
    assert segments_of(("a",)) == ()


def test_a_public_issue_is_the_issue_where_it_can_be() -> None:
    bare = issue_of("Hello.\n\n## A\nText.")
    assert public(bare) is bare
    kept = public(issue_of(PLACES.format(fenced("a", VIP), fenced("b", MORE), fenced("c", DE))))
    assert not any(isinstance(b, Audience) for blocks in margins(kept) for b in blocks)
    alone = public(issue_of("## A\nText.\n\n::: audience a\nMore.\n:::"))
    assert alone.entries == issue_of("## A\nText.").entries


def test_a_block_ends_with_its_item_and_one_of_nothing_is_nothing() -> None:
    first, second = issue_of(
        "## A\n::: audience vip\na\n\n## B\nb\n\n::: audience vip\n:::"
    ).items()
    assert [type(block) for block in first.body] == [Audience]
    assert len(second.body) == 1


def test_a_segment_that_there_is_not_is_named() -> None:
    """With the one that is near; where nobody can be asked, nothing is said."""
    body = "::: audience vips\na\n:::\n\n## A\nb\n\n::: audience other\nc\n:::"
    known = dataclasses.replace(FINE, segments={"vip"})
    near, far = (f for f in check(issue_of(body), known) if f.rule == "audience-block")
    assert (near.where.line, near.message) == (4, "there is no segment vips")
    assert near.mend == "write vip"
    assert (far.where.line, far.mend) == (
        11,
        "`mailer segment create other …`, or remove the block",
    )
    assert not [each for each in found(body) if each[1] == "audience-block"]


def test_there_are_eight_audiences_at_most() -> None:
    blocks = [f"::: audience s{n}\nText {n}\n:::\n" for n in range(9)]
    assert ("error", "audience-many", 4 + 8 * 3) in found("".join(blocks))
    assert "audience-many" not in {each[1] for each in found("".join(blocks[:8] * 2))}


def test_a_block_holds_nothing_that_others_would_miss_or_see() -> None:
    body = (
        "::: audience a\n{{ x }} {{ y | default('z') }} [l](https://e.org/?{{ x }})\n:::\n\n"
        "## A\nText[^1]\n\n::: audience a\nMore[^1]\n:::\n\n[^1]: a note"
    )
    ours = [each for each in found(body) if each[1].startswith("audience")]
    assert ours == [
        ("error", "audience-slot", 4),
        ("error", "audience-footnote", 11),
    ]
