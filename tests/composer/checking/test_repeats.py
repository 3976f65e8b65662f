"""What ran before: links that earlier issues had, and headings like theirs."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from checked import FINE, findings, issue_of

from mailer.composer.checking.check import check
from mailer.composer.past import Past, Ran, are_near, squeezed

OCTOBER = Ran("2020-10", dt.date(2020, 10, 31), "ruGPT3")
UNDATED = Ran("special", None, "The mT5 paper")
PAST = Past(
    links={
        "github.com/ai-forever/ru-gpts": (OCTOBER,),
        "arxiv:2010.11934": (UNDATED, OCTOBER),
        "huggingface.co/sberbank-ai/rugpt3": (OCTOBER,),
    },
    items=(OCTOBER, UNDATED),
    moved={"github.com/sberbank-ai/ru-gpts": "github.com/ai-forever/ru-gpts"},
)


def repeats(body: str, past: Past = PAST) -> list[tuple[str, int, str]]:
    found = findings(body, dataclasses.replace(FINE, past=past))
    rules = ("link-repeat", "heading-repeat")
    return [(f.rule, f.where.line, f.message) for f in found if f.rule in rules]


def test_a_link_that_ran_is_told_with_month_and_item() -> None:
    """By whatever address; of two links of one earlier item, the first."""
    body = (
        "## Other\nLinks: [code](https://www.github.com/AI-Forever/ru-gpts.git) / "
        "[model](https://hf.co/sberbank-ai/rugpt3?utm_source=x)\n\nText.\n"
    )
    message = "https://www.github.com/AI-Forever/ru-gpts.git ran in October 2020, item 'ruGPT3'"
    assert repeats(body) == [("link-repeat", 5, message)]


def test_a_link_that_has_moved_since_is_known() -> None:
    """A renamed repository, by its old address and its new one."""
    for owner in ("sberbank-ai", "ai-forever"):
        ((rule, _, _),) = repeats(f"## A\nLinks: [code](https://github.com/{owner}/ru-gpts)\n")
        assert rule == "link-repeat"


def test_each_issue_that_had_it_is_told() -> None:
    """One without a date by its id."""
    found = repeats("## A\nLinks: [paper](https://arxiv.org/pdf/2010.11934v2)\n\nText.")
    assert [message.partition(" ran ")[2] for _, _, message in found] == [
        "in issue special, item 'The mT5 paper'",
        "in October 2020, item 'ruGPT3'",
    ]


def test_links_beside_the_link_line_may_come_again() -> None:
    """What an item only mentions is no repeat; one without a link line is about what it links."""
    mention = "See [mT5](https://arxiv.org/abs/2010.11934).\n"
    assert repeats(f"## A\nLinks: [code](https://e.org/a)\n\n{mention}") == []
    assert [line for _, line, _ in repeats(f"## A\n{mention}")] == [5, 5]
    assert repeats(f"{mention}\n## A\nText.\n\n---\n{mention}") == []


def test_a_heading_like_an_earlier_one_is_a_hint() -> None:
    """Unless its links say the same already."""
    ((rule, line, message),) = repeats("## RuGPT-3\nText.\n")
    assert (rule, line) == ("heading-repeat", 4)
    assert message == "'RuGPT-3' may have run in October 2020, item 'ruGPT3'"
    both = "## RuGPT-3\nLinks: [code](https://github.com/ai-forever/ru-gpts)\n"
    assert [rule for rule, _, _ in repeats(both)] == ["link-repeat"]


def test_a_column_may_come_again() -> None:
    """A heading of three issues is none that anybody repeats by mistake."""
    column = tuple(Ran(f"2020-0{n}", dt.date(2020, n, 1), "In brief") for n in (1, 2, 3))
    assert repeats("## In brief\nText.\n", Past(items=column)) == []
    assert len(repeats("## In brief\nText.\n", Past(items=column[:2]))) == 2


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("ruGPT-3", "RuGPT 3", True),
        ("Video conferencing", "Videoconferencing", True),
        ("Multilingual models", "Multi-lingual model", True),
        ("Underwater pictures", "Underwater picture", True),
        ("GPT-2", "GPT-3", False),
        ("State of AI Report 2020", "State of AI Report 2021", False),
        ("CLIP", "Clips", False),
        ("Taming Transformers", "Training Transformers", False),
        ("Multilingual models", "Multimodal models", False),
        ("Speech recognition in the wild", "Recognition", False),
        ("!!!", "???", False),
        ("模型", "模型", True),
    ],
)
def test_headings_are_near_where_only_spelling_differs(one: str, other: str, near: bool) -> None:
    """Digits must agree, and short words be the same."""
    assert are_near(squeezed(one), squeezed(other)) is near


def test_without_a_past_there_are_no_repeats() -> None:
    """As in a publication's first issue."""
    found = check(issue_of("## A\nLinks: [a](https://e.org)\n\nText.[^1]\n\n[^1]: Note."), FINE)
    assert all(not f.rule.endswith("-repeat") for f in found)
