"""Quotations that are callouts."""

from __future__ import annotations

from checked import issue_of

from mailer.model.content import (
    Block,
    BulletList,
    Callout,
    CalloutKind,
    Paragraph,
    Quote,
    Styled,
    Text,
)


def block_of(body: str) -> Block:
    """The only block of a body that begins on line 4."""
    (block,) = issue_of(body).intro
    return block


def test_the_first_line_holds_the_kind_and_may_hold_a_title() -> None:
    """In any letter case; what follows the line is the text."""
    assert block_of("> [!NOTE]\n> a") == Callout(
        CalloutKind.NOTE, (), (Paragraph((Text("a"),), 5),), 4
    )
    assert block_of("> [!caution] Mind *this*\n> a\n>\n> - b") == Callout(
        CalloutKind.CAUTION,
        (Text("Mind "), Styled("em", (Text("this"),))),
        (Paragraph((Text("a"),), 5), BulletList(((Paragraph((Text("b"),), 7),),), 7)),
        4,
    )


def test_a_callout_may_be_a_title_alone_or_have_its_text_further_below() -> None:
    assert block_of("> [!TIP] a") == Callout(CalloutKind.TIP, (Text("a"),), (), 4)
    below = block_of("> [!IMPORTANT]\n>\n> a")
    assert below == Callout(CalloutKind.IMPORTANT, (), (Paragraph((Text("a"),), 6),), 4)


def test_other_quotations_stay_quotations() -> None:
    """The mark elsewhere, or of a kind that there is not, which keeps its words."""
    for body in ("> a [!NOTE]", "> *[!NOTE]*", "> - [!NOTE]", "> [!INFO] a"):
        assert isinstance(block_of(body), Quote)
    assert block_of("> [!INFO] a") == Quote((Paragraph((Text("[!INFO] a"),), 4),), 4)
