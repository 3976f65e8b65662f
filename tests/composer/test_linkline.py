"""The link line of an item: where it is, what its parts are, what its links lead to."""

from __future__ import annotations

import pytest

from mailer.composer.parsing.linkline import LEAD_WORDS, lead_word
from mailer.composer.parsing.parse import Defaults, Parsed, parse
from mailer.composer.parsing.roles import label_of, role_of
from mailer.composer.tree import plain
from mailer.model.content import (
    Blocks,
    Figure,
    Hyperlink,
    LineBreak,
    Paragraph,
    Picture,
    Styled,
    Text,
    Url,
)
from mailer.model.issue import Item, Link, Part, Role

X = "https://example.org/x"


def read(body: str, lang: str = "en", more: tuple[str, ...] = ()) -> Parsed:
    source = f"---\ntitle: A digest\n---\n## Item\n{body}\n"
    return parse(source, "issue.md", Defaults(lang, more, "x"))


def item_of(body: str, lang: str = "en", more: tuple[str, ...] = ()) -> Item:
    """The only item, which must be without findings."""
    parsed = read(body, lang, more)
    assert parsed.findings == ()
    assert parsed.issue
    (item,) = parsed.issue.entries
    assert isinstance(item, Item)
    return item


def parts_of(line: str) -> list[str]:
    """The parts of a link line as plain text."""
    return [plain(part.content) for part in item_of(f"Availability: {line}").link_line]


def paragraphs(blocks: Blocks) -> list[str]:
    return [plain(block.children) for block in blocks if isinstance(block, Paragraph)]


def test_a_link_line_is_taken_out_of_the_body() -> None:
    """Its parts hold links with role and line, or an editor's note."""
    item = item_of(f"Availability: [project page]({X}) / closed API, waiting list\n\nText")
    url = Url((X,))
    assert item.link_line == (
        Part(
            (Hyperlink(url, (Text("project page"),), "", 5),),
            (Link(url, "project page", Role.PROJECT, 5),),
            5,
        ),
        Part((Text("closed API, waiting list"),), (), 5),
    )
    assert item.body == (Paragraph((Text("Text"),), 7),)


def test_it_ends_at_the_line_break() -> None:
    """Soft or hard; the rest of the paragraph stays a paragraph, with its own line."""
    for end in ("\n", "  \n", "\\\n"):
        item = item_of(f"Availability: [code]({X}){end}Text\nmore.")
        assert item.body == (Paragraph((Text("Text"), LineBreak(hard=False), Text("more.")), 6),)
        assert len(item.link_line) == 1


def test_pictures_right_below_are_a_figure() -> None:
    """The rest of the paragraph is read like any other."""
    item = item_of(f"Availability: [code]({X})\n![a](a.png)")
    assert item.body == (Figure(((Picture("a.png", "a", "", 6), None),), 6),)


def test_pictures_may_stand_before_it() -> None:
    """The first paragraph that is not only pictures counts; it stays below them."""
    item = item_of(f"![a](a.png)\n\nAvailability: [code]({X})\n\nText")
    assert [type(block) for block in item.body] == [Figure, Paragraph]
    assert len(item.link_line) == 1


@pytest.mark.parametrize(
    "body",
    [
        f"Text first.\n\nAvailability: [code]({X})",
        "Availability is limited.",
        f"The availability: [code]({X})",
        f"`Availability:` [code]({X})",
        f"> Availability: [code]({X})",
    ],
)
def test_what_is_no_link_line_stays_a_paragraph(body: str) -> None:
    """Only the first paragraph counts, and only a lead word with its colon begins a line."""
    item = item_of(body)
    assert item.link_line == ()
    assert item.body


@pytest.mark.parametrize(
    "lead",
    ["**Availability:** ", "*Availability*: ", "***Availability***:", "__availability :__ ",
     "ACCESSIBILITY\uff1a", "~~A~~*vailability*: "],
)  # fmt: skip
def test_emphasis_case_and_colon_of_the_lead_word_do_not_matter(lead: str) -> None:
    """What is left is the link alone."""
    item = item_of(f"{lead}[code]({X})")
    assert [part.content for part in item.link_line] == [
        (Hyperlink(Url((X,)), (Text("code"),), "", 5),)
    ]


def test_emphasis_around_the_whole_line_is_kept_around_each_part() -> None:
    """A style that spans a separator or the line's end is cut with it."""
    item = item_of(f"**Availability: [a]({X}) / some *note* here / more\nText** rest")
    assert [part.content for part in item.link_line] == [
        (Styled("strong", (Hyperlink(Url((X,)), (Text("a"),), "", 5),)),),
        (Styled("strong", (Text("some "), Styled("em", (Text("note"),)), Text(" here"))),),
        (Styled("strong", (Text("more"),)),),
    ]
    assert item.body == (Paragraph((Styled("strong", (Text("Text"),)), Text(" rest")), 6),)


@pytest.mark.parametrize(("lang", "word"), [(k, w) for k, ws in LEAD_WORDS.items() for w in ws])
def test_every_language_has_its_lead_words(lang: str, word: str) -> None:
    """With a region too."""
    assert item_of(f"{word}: [x]({X})", f"{lang}-XY").link_line


def test_lead_words_of_the_publication_come_to_those_of_the_language() -> None:
    """A language that we do not know has the English ones; an empty word is none."""
    assert item_of(f"Where to get it (now): [x]({X})", "sv", ("Where to get it (now)", " ")).links
    assert item_of(f"Availability: [x]({X})", "sv").links
    assert not item_of(f"Availability: [x]({X})", "de").links
    assert not item_of(f": [x]({X})", "de", ("",)).links


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        (f"[a]({X})/[b]({X})", ["a", "b"]),
        (f"[a]({X}) /[b]({X})/ [c]({X})", ["a", "b", "c"]),
        (f"[a]({X}) / note / [b]({X}) (TCP/IP)", ["a", "note", "b (TCP/IP)"]),
        (f"[a]({X})/note", ["a/note"]),
        (f"*[a]({X})*/[b]({X})", ["a", "b"]),
        (f"[a / b]({X}) / `c / d` / https://example.org/e", ["a / b", "c / d", "https://example.org/e"]),
        (f"<{X}/y> / n", [f"{X}/y", "n"]),
        (f"[a]({X}) · [b]({X})·[c]({X})", ["a", "b", "c"]),
        (f"[a]({X}) / DALL · E / [b]({X})", ["a", "DALL · E", "b"]),
        (f"DALL·E [a]({X})", ["DALL·E a"]),
        (f"/ [a]({X}) / / [b]({X}) /", ["a", "b"]),
        (f"[a]({X}) and [b]({X})", ["a and b"]),
    ],
)  # fmt: skip
def test_separators(line: str, parts: list[str]) -> None:
    """`/` between links or spaced, `·` only without `/`, never inside a link, address or code."""
    assert parts_of(line) == parts


def test_a_part_may_hold_several_links() -> None:
    """All of them are links of the item."""
    item = item_of(f"Links: [code]({X}) and [paper]({X}/p) / [demo]({X}/d)")
    assert [link.role for link in item.links] == [Role.SOURCE, Role.PAPER, Role.DEMO]


def test_a_label_over_two_lines_is_one_label() -> None:
    """The line ends where its link does."""
    item = item_of(f"Links: [source\ncode]({X})\nText")
    assert [(link.label, link.role) for link in item.links] == [("source code", Role.SOURCE)]
    assert paragraphs(item.body) == ["Text"]


def test_a_plain_role_is_a_slip_and_a_plain_waiting_list_a_note() -> None:
    """Only a part that is the name of a role and nothing else is warned of."""
    parsed = read("Availability: Paper / code soon / waiting list / the project page is down")
    assert [(f.rule, f.message[:7]) for f in parsed.findings] == [("link-line-text", "'Paper'")]


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("project page", Role.PROJECT),
        ("Project Page", Role.PROJECT),
        ("source", Role.SOURCE),
        ("Source code", Role.SOURCE),
        ("code (PyTorch)", Role.SOURCE),
        ("unofficial implementation on TensorFlow", Role.SOURCE),
        ("arXiv", Role.PAPER),
        ("the paper", Role.PAPER),
        ("colab", Role.COLAB),
        ("live demo", Role.DEMO),
        ("dataset", Role.DATASET),
        ("pre-trained model weights", Role.MODEL),
        ("video of the talk", Role.VIDEO),
        ("blog", Role.ARTICLE),
        ("access to closed API via waiting list", Role.ACCESS),
        ("Projektseite", Role.PROJECT),
        ("code source", Role.SOURCE),
        ("artículo", Role.PAPER),
        ("исходный код", Role.SOURCE),
        ("الورقة", Role.PAPER),
        ("项目主页", Role.PROJECT),
        ("decode", None),
        ("", None),
    ],
)
def test_a_label_tells_the_role(label: str, role: Role | None) -> None:
    """As a whole, else by the longest name of a role in it, as whole words."""
    assert role_of(label, X) is role


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("https://github.com/a/b", Role.SOURCE),
        ("https://www.github.com/a/b", Role.SOURCE),
        ("https://GitLab.com/a", Role.SOURCE),
        ("https://a.github.io/b", Role.PROJECT),
        ("https://arxiv.org/abs/1", Role.PAPER),
        ("https://doi.org/10.1/x", Role.PAPER),
        ("https://openreview.net/forum?id=1", Role.PAPER),
        ("https://colab.research.google.com/drive/1", Role.COLAB),
        ("https://huggingface.co/a/b", Role.MODEL),
        ("https://huggingface.co/datasets/a", Role.DATASET),
        ("https://huggingface.co/datasets-of-mine", Role.MODEL),
        ("https://youtu.be/1", Role.VIDEO),
        ("https://notgithub.com/", None),
        ("https://[", None),
        ("mailto:a@example.org", None),
        ("", None),
    ],
)
def test_the_host_tells_the_role_where_the_label_does_not(address: str, role: Role | None) -> None:
    """With its subdomains; the longest beginning of a path decides."""
    assert role_of("here", address) is role


def test_the_label_wins_over_the_host() -> None:
    """A paper may lie on GitHub."""
    assert role_of("paper", "https://github.com/a/b.pdf") is Role.PAPER


@pytest.mark.parametrize("lang", LEAD_WORDS)
def test_what_we_write_ourselves_is_read_again(lang: str) -> None:
    """The house's word, or the language's, and what we call a link of each role."""
    assert lead_word(lang, ()) in LEAD_WORDS[lang]
    assert lead_word(f"{lang}-XX", ("Zum Stöbern",)) == "Zum Stöbern"
    for role in Role:
        assert role_of(label_of(role, lang), "https://example.org") is role
