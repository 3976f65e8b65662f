"""The publication's own names are spelled as it spells them."""

from __future__ import annotations

import dataclasses

import pytest
from checked import FINE, findings, issue_of

from mailer.composer.checking.check import check

NAMES = ("Neurodigest", "The Science Weekly", "ЦЕХ", "C++ Notes", " ")


def spelled(body: str) -> list[tuple[str, int]]:
    """What is found in another spelling, and its line."""
    found = findings(body, dataclasses.replace(FINE, names=NAMES))
    return [(f.message, f.where.line) for f in found if f.rule == "name-spelling"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Neurodigest and Neurodigest's readers", []),
        ("NeuroDigest and neurodigest", ["NeuroDigest", "neurodigest"]),
        ("Neuro-Digest, Neuro digest", ["Neuro-Digest", "Neuro digest"]),
        ("*Neuro*digest", []),
        ("Neurodigests and preneurodigest", []),
        ("a science weekly, the science weekly", []),
        ("The science weekly", ["The science weekly"]),
        ("The ScienceWeekly", ["The ScienceWeekly"]),
        ("Цех", ["Цех"]),
        ("ц е х", []),
        ("c++ notes, C++ notes", ["C++ notes"]),
        ("neurodigest.org, me@neurodigest.org, https://e.org/neurodigest, @neurodigest", []),
        ("#neurodigest /neurodigest", []),
        ("`neurodigest` [neurodigest](https://e.org) <b>neurodigest</b>", ["neurodigest"]),
        ("一二neurodigest三", []),
        ("在 neurodigest。", ["neurodigest"]),
    ],
)
def test_another_spelling_is_a_warning(text: str, written: list[str]) -> None:
    """Whole words, in running text; links, code and addresses may do as they like."""
    found = [message.partition(" is not how ")[0] for message, _ in spelled(f"## I\n{text}")]
    assert found == [repr(word) for word in written]


def test_it_is_found_with_its_line_wherever_text_stands() -> None:
    """Also over the end of a line."""
    body = (
        "Intro\nneurodigest\n\n## NEURODIGEST\nLinks: neurodigest [a](https://e.org)\n\n"
        "- one\n  neurodigest\n\n| neurodigest |\n|--|\n| x |\n\n![neurodigest](a.png)\n\n"
        "<div>\nneurodigest</div>\n\nneuro\ndigest\n\n---\nneurodigest[^1]\n\n[^1]: neurodigest\n"
    )
    lines = [line for _, line in spelled(body)]
    assert lines == [5, 7, 8, 11, 13, 17, 20, 22, 26, 28]


def test_front_matter_is_text_too() -> None:
    """Title, subject and preheader, each with the line of its key; no names, no findings."""
    issue = dataclasses.replace(
        issue_of("## I\nT"), subject=("neurodigest",), preheader="NeuroDigest"
    )
    context = dataclasses.replace(
        FINE, names=NAMES, lines={"title": 2, "subject": 3, "preheader": 4}
    )
    assert [f.where.line for f in check(issue, context) if f.rule == "name-spelling"] == [3, 4]
    assert [f.rule for f in check(issue, FINE) if f.rule == "name-spelling"] == []


def test_the_publications_name_may_be_a_word_like_others() -> None:
    """Unless it is listed among the names."""
    context = dataclasses.replace(FINE, publication="News")
    body = "## I\nGood news: NEWS, neWs and News."
    assert [f.message[:6] for f in findings(body, context)] == ["'neWs'"]
    context = dataclasses.replace(context, names=("News",))
    assert [f.message[:6] for f in findings(body, context)] == ["'news'", "'NEWS'", "'neWs'"]
