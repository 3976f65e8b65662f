"""What stands on an issue's page alone, and what a mail has in place of it."""

from __future__ import annotations

from checked import issue_of

from mailer.composer.abridged import abridged
from mailer.composer.tree import inlines_of, plain
from mailer.model.content import (
    Continuation,
    Divider,
    FootnoteReference,
    Hyperlink,
    More,
    Paragraph,
    Subheading,
    Text,
)


def test_a_cut_off_is_from_its_line_to_the_next_of_colons() -> None:
    """With subheadings and rules; what follows belongs to the mail again."""
    (item,) = issue_of("## A *b*\na\n::: more\nb\n\n---\n\n#### c\n:::\nd").items()
    assert item.body == (
        Paragraph((Text("a"),), 5),
        More(
            item.heading,
            "a-b",
            (Paragraph((Text("b"),), 7), Divider(9), Subheading((Text("c"),), 11)),
            6,
        ),
        Paragraph((Text("d"),), 13),
    )


def test_a_cut_off_without_an_end_ends_with_its_item() -> None:
    """Before the next item, and before the sign-off."""
    issue = issue_of(
        "## A\n:::more\na\n\n## B\n### C\n:::: more\nb\n### D\n::: more\nc\n\n---\nbye"
    )
    assert [[type(block) for block in item.body] for item in issue.items()] == [[More]] * 3
    assert issue.sign_off == (Paragraph((Text("bye"),), 17),)


def test_a_cut_off_of_nothing_is_nothing() -> None:
    (item,) = issue_of("## A\nText\n\n::: more\n:::\n").items()
    assert item.body == (Paragraph((Text("Text"),), 5),)


def test_a_mail_has_a_link_in_its_place() -> None:
    issue = issue_of("## A\na\n::: more\n[b](https://example.org)\n:::\nc")
    (item,) = abridged(issue).items()
    assert [type(block) for block in item.body] == [Paragraph, Continuation, Paragraph]
    assert item.body[1] == Continuation(item.heading, "a", 6)
    assert not any(isinstance(inline, Hyperlink) for inline in inlines_of(abridged(issue)))
    assert any(isinstance(inline, Hyperlink) for inline in inlines_of(issue))


def test_an_issue_without_cut_offs_stays_as_it_is() -> None:
    """Also where a footnote has nothing that refers to it any more but another item."""
    issue = issue_of(
        "Intro[^a]\n\n## A\nText[^b]\n\n## S\n### B\nText\n\n[^a]: a[^c]\n[^b]: b\n[^c]: c"
    )
    assert abridged(issue) == issue


def test_footnotes_go_with_what_refers_to_them() -> None:
    """Those of the cut-off alone go; what the rest needs stays, by way of a note or of another
    item as well."""
    issue = issue_of(
        "## A\na[^1]\n::: more\nb[^2] c[^3] d[^4] e[^5]\n:::\n\n## S\n### B\nf[^4]\n\n"
        "[^1]: one[^3]\n\n[^2]: two\n\n[^3]: three\n\n[^4]: four\n\n[^5]: five"
    )
    first, _ = abridged(issue).items()
    shown = [plain(note.children[0].children) for note in first.footnotes]  # type: ignore[union-attr]
    assert shown == ["one", "three", "four"]
    numbers = {note.number for note in first.footnotes}
    referred = {i.number for i in inlines_of(abridged(issue)) if isinstance(i, FootnoteReference)}
    assert referred == numbers
