"""Link lines: each link of its own role and target, and an item like its neighbours."""

from __future__ import annotations

from checked import findings, found

ITEM = "## {0}\nLinks: [code](https://e.org/{0})\n\n"


def test_two_items_with_the_same_first_link_are_a_warning() -> None:
    """A copied link line whose target was not changed."""
    item = "## {}\nLinks: [code](https://e.org/{}) / [paper](https://example.org)\n\n"
    body = item.format("A", 1) + item.format("B", 2) + item.format("C", 1)
    assert found(body) == [("warning", "link-duplicate", 11)]


def test_a_link_of_no_known_role_is_named() -> None:
    """Its label is no name of a role, nor is its host known; an empty one is an error already."""
    body = "## A\nLinks: [thing](https://e.org) / [thing](https://arxiv.org/abs/1) / [thing]()"
    (finding, *_) = [f for f in findings(body) if f.rule == "link-role"]
    assert finding.message == "neither 'thing' nor its address tells what it leads to"
    assert finding.mend.startswith("name it in the label: project, source, paper")
    assert len([f for f in findings(body) if f.rule == "link-role"]) == 1


def test_one_page_under_two_labels_is_a_warning() -> None:
    """Or twice under one, in a link line; the text below may link it again."""
    body = (
        "## A\nLinks: [code](https://e.org) / [demo](https://e.org) / [code](https://e.org)\n\n"
        "See [the code](https://e.org)."
    )
    assert [f.message for f in findings(body)] == [
        "'code' and 'demo' lead to the same page",
        "'code' and 'code' lead to the same page",
    ]


def test_an_item_without_a_link_line_among_many_with_one_is_a_warning() -> None:
    """A note is a link line too."""
    noted = "## N\nLinks: closed, nothing to try\n\n"
    body = "".join(ITEM.format(n) for n in range(2)) + noted + "## Lone\nText"
    assert found(body) == [("warning", "link-line-missing", 13)]


def test_a_few_items_are_no_habit() -> None:
    """Nor are half of many."""
    lone = "## {0}\nText\n\n"
    few = ITEM.format(1) + ITEM.format(2) + lone.format(3)
    assert found(few) == []
    assert found(few + lone.format(4) + ITEM.format(5)) == []
