"""The files of one issue in several languages beside each other."""

from __future__ import annotations

from checked import brief, issue_of

from mailer.composer.checking.translations import compare

ENGLISH = """Intro.

## One
Links: [paper](https://e.org/paper) / [code](https://e.org/code)

Text with [a link](https://e.org/one), [a place](#two) and a note[^1].

## Two
Text.

[^1]: With [another](https://e.org/note).
"""


def test_files_that_say_the_same_have_no_finding() -> None:
    """However their words differ; links into the issue and their order are no matter."""
    german = ENGLISH.replace("Text", "Absatz").replace("[a place](#two)", "").replace("One", "Eins")
    issues = issue_of(ENGLISH), issue_of(german, lang="de")
    assert compare(issues[0], "en.md", {"de.md": issues[1]}) == ()
    assert compare(issues[1], "de.md", {"en.md": issues[0]}) == ()


def test_a_link_that_is_missing_is_named_with_its_item() -> None:
    """From the link line, the text and the notes; three at most."""
    bare = "## Eins\nText.\n\n## Zwei\n[neu](https://e.org/new)"
    (finding,) = compare(issue_of(bare, lang="de"), "de.md", {"en.md": issue_of(ENGLISH)})
    assert brief(finding) == ("warning", "translation-links", 4)
    assert finding.message == (
        "'Eins' has no link to https://e.org/paper, https://e.org/code, https://e.org/one …, "
        "as en.md has"
    )
    back = compare(issue_of(ENGLISH), "en.md", {"de.md": issue_of(bare, lang="de")})
    assert [brief(each) for each in back] == [("warning", "translation-links", 11)]


def test_other_items_are_told_where_the_files_part() -> None:
    """Then links are not compared: nobody knows which items belong together."""
    short = issue_of("## Eins\nText.", lang="de")
    (more,) = compare(issue_of(ENGLISH), "en.md", {"de.md": short})
    assert (brief(more), more.message) == (
        ("warning", "translation-items", 11),
        "this file has 2 items, de.md has 1",
    )
    (less,) = compare(short, "de.md", {"en.md": issue_of(ENGLISH)})
    assert brief(less) == ("warning", "translation-items", 4)
    (none,) = compare(issue_of("Intro."), "en.md", {"de.md": short})
    assert brief(none) == ("warning", "translation-items", 0)


def test_two_files_in_one_language_are_one_too_many() -> None:
    german = issue_of(ENGLISH, lang="de")
    (twice,) = compare(issue_of(ENGLISH), "en.md", {"de.md": german, "de2.md": german})
    assert (twice.severity, twice.rule) == ("error", "translation-twice")
    assert twice.message == "de.md and de2.md are both this issue in de"
