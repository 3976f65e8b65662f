"""What a good issue file means: front matter, slots, structure, blocks, footnotes, line numbers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.composer.parsing.frontmatter import is_language
from mailer.composer.parsing.parse import Defaults, Parsed, parse
from mailer.composer.tree import inlines_of, plain
from mailer.files import templates_dir
from mailer.model.content import (
    BulletList,
    CodeBlock,
    CodeSpan,
    Divider,
    Figure,
    FootnoteReference,
    Hyperlink,
    LineBreak,
    NumberedList,
    Paragraph,
    Picture,
    Quote,
    RawBlock,
    RawInline,
    Styled,
    Subheading,
    Table,
    Text,
    Url,
)
from mailer.model.finding import Allowance, has_errors
from mailer.model.issue import Issue, Item, Section
from mailer.model.slot import Slot, SlotKind

DEFAULTS = Defaults("en", (), "2021-01")
EXAMPLES = sorted((templates_dir() / "example" / "issues").glob("*.md"))
FRONT = "---\ntitle: A digest\n---\n"  # three lines: a body begins on line 4


def read(source: str) -> Parsed:
    return parse(source, "issue.md", DEFAULTS)


def issue_of(body: str) -> Issue:
    """The issue of a body without a single finding."""
    parsed = read(FRONT + body)
    assert parsed.findings == ()
    assert parsed.issue
    return parsed.issue


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_example_issues_are_without_errors(path: Path) -> None:
    parsed = parse(path.read_text(encoding="utf-8"), path.name, DEFAULTS)
    assert not has_errors(parsed.findings), parsed.findings
    assert parsed.issue
    assert parsed.issue.intro
    assert parsed.issue.sign_off


class TestFrontMatter:
    def test_every_key_is_read(self) -> None:
        """All eight keys arrive typed."""
        parsed = read(
            "---\nid: jan\ntitle: A digest\nnumber: 13\ndate: 2021-01-31\nsubject: Read this\n"
            "preheader: In short\nlang: pt-BR\ntheme: letter\n---\n"
        )
        assert parsed.findings == ()
        assert parsed.issue == Issue(
            *("jan", "A digest", 13, dt.date(2021, 1, 31), ("Read this",), "In short"),
            *("pt-BR", "letter", (), (), (), ()),
        )

    def test_silence_takes_the_defaults(self) -> None:
        """Without them id and lang are the defaults, the subject is the title, the rest none."""
        issue = issue_of("")
        assert (issue.id, issue.lang, issue.subject) == ("2021-01", "en", ("A digest",))
        assert (issue.number, issue.date, issue.theme, issue.preheader) == (None, None, None, "")

    @pytest.mark.parametrize("name", ["my issue", "a/b", "", ".hidden", "x" * 101])
    def test_a_file_name_that_is_no_id_is_an_error(self, name: str) -> None:
        """Unless the front matter gives an id, whose own fault is said once."""
        default = Defaults("en", (), name)
        (finding,) = parse(FRONT, "issue.md", default).findings
        assert (finding.rule, finding.where.line) == ("front-matter-value", 1)
        assert repr(name) in finding.message
        assert not parse("---\nid: jan\ntitle: T\n---\n", "issue.md", default).findings
        assert len(parse("---\nid: a/b\ntitle: T\n---\n", "issue.md", default).findings) == 1

    def test_opt_outs_keep_rule_part_reason_and_line(self) -> None:
        """Of a whole rule, or of what its message names; none where the key is empty."""
        parsed = read(
            "---\ntitle: T\nallow:\n  link-http: an old\n    site\n"
            "  picture-alt-long:\n    a.png: a map\n    7: No\n---\n"
        )
        assert parsed.findings == ()
        assert parsed.allowances == (
            Allowance("link-http", "", "an old site", 4),
            Allowance("picture-alt-long", "a.png", "a map", 7),
            Allowance("picture-alt-long", "7", "No", 8),
        )
        assert read("---\ntitle: T\nallow:\n---\n").allowances == ()

    def test_the_lines_of_the_keys_are_known(self) -> None:
        """For what is found about them later."""
        parsed = read("---\ntitle: T\nallow:\n  link-http: old\nsubject: S\n---\n")
        assert parsed.lines == {"title": 2, "allow": 3, "subject": 5}

    def test_values_are_read_as_written(self) -> None:
        """YAML's ideas of a type do not change a title or an id; an empty key is no key."""
        parsed = read('---\ntitle: No\nid: 2021-01-31\ndate: "2021-01-31"\nsubject:\n---\n')
        assert parsed.findings == ()
        assert parsed.issue
        assert (parsed.issue.title, parsed.issue.id) == ("No", "2021-01-31")
        assert (parsed.issue.date, parsed.issue.subject) == (dt.date(2021, 1, 31), ("No",))

    def test_a_folded_title_is_one_line(self) -> None:
        """A header holds no line end, however the YAML was folded."""
        parsed = read('---\ntitle: >\n  A\n  digest\nsubject: "a\\r\\nBcc: b"\n---\n')
        assert parsed.issue
        assert (parsed.issue.title, parsed.issue.subject) == ("A digest", ("a Bcc: b",))

    def test_slots_in_title_and_subject_are_header_slots(self) -> None:
        """The subject keeps its slots; the title, which the web shows, has their defaults."""
        parsed = read("---\ntitle: For {{ name | default('you') }}{{ x }}\n---\n")
        assert parsed.findings == ()
        assert parsed.issue
        assert parsed.issue.title == "For you"
        assert parsed.issue.subject == (
            "For ",
            Slot("name", "you", SlotKind.HEADER),
            Slot("x", None, SlotKind.HEADER),
        )

    def test_byte_order_mark_and_crlf_change_nothing(self) -> None:
        """A file from any editor reads the same."""
        source = FRONT + "Text\nmore\n\n## Item\nText\n"
        dressed = "\ufeff" + source.replace("\n", "\r\n")
        assert read(dressed) == read(source) == read(source.replace("\n", "\r"))

    @pytest.mark.parametrize("source", ["", "## Item\n[a]()", "---\n- a\n---\n[a]()"])
    def test_unreadable_front_matter_gives_no_issue(self, source: str) -> None:
        """There is no issue then, but the findings of the body are there."""
        parsed = read(source)
        assert parsed.issue is None
        assert ("[a]" in source) == ("link-empty" in {f.rule for f in parsed.findings})


class TestSlots:
    def test_text_slots_are_for_html(self) -> None:
        """Single and double quotes, spaces or none; Markdown does not look inside."""
        body = "A {{first_name|default('a*b*_c_|')}} *{{ x | default( \"it's\" ) }}*"
        (paragraph,) = issue_of(body).intro
        assert paragraph == Paragraph(
            (
                Text("A "),
                Slot("first_name", "a*b*_c_|", SlotKind.HTML),
                Text(" "),
                Styled("em", (Slot("x", "it's", SlotKind.HTML),)),
            ),
            4,
        )

    def test_where_somebody_signed_up_may_be_nothing(self) -> None:
        """As in the foot: most forms are not known. Another default can be written."""
        (paragraph,) = issue_of("{{ signed_up_at }}{{ signed_up_at | default('?') }}").intro
        slots = [Slot("signed_up_at", default, SlotKind.HTML) for default in ("", "?")]
        assert paragraph == Paragraph(tuple(slots), 4)

    def test_slots_in_a_target_are_url_slots(self) -> None:
        """In a path, a query, a mail's subject and a reference; the rest is percent-encoded."""
        body = (
            "[a](https://ä.example/ü?q={{ x }}&r={{ y | default('é') }}#s) "
            "[b](mailto:me@example.org?subject={{ x }}) [c]\n\n[c]: https://example.org/{{ x }}\n"
        )
        urls = [i.url.parts for i in inlines_of(issue_of(body)) if isinstance(i, Hyperlink)]
        x = Slot("x", None, SlotKind.URL)
        y = Slot("y", "é", SlotKind.URL)
        assert urls == [
            ("https://xn--4ca.example/%C3%BC?q=", x, "&r=", y, "#s"),
            ("mailto:me@example.org?subject=", x),
            ("https://example.org/", x),
        ]

    def test_code_keeps_its_braces(self) -> None:
        """In code, spans and blocks of both kinds, nothing is a slot and nothing a fault."""
        body = (
            "`{{ a.b }}` and `{{` and `}}` and `{% if %}`\n\n"
            "```jinja {{ x }}\n{{ user.name | upper }}\n{% for %}\n```\n\n    {{ x }}\n"
        )
        paragraph, fenced, indented = issue_of(body).intro
        assert isinstance(paragraph, Paragraph)
        assert [i.code for i in paragraph.children if isinstance(i, CodeSpan)] == [
            *("{{ a.b }}", "{{", "}}", "{% if %}")
        ]
        assert fenced == CodeBlock("{{ user.name | upper }}\n{% for %}", "jinja", 6)
        assert indented == CodeBlock("{{ x }}", "", 11)

    def test_a_slot_in_a_heading_is_text_that_the_anchor_ignores(self) -> None:
        """The title has the default, the anchor the words around it."""
        (item,) = issue_of("## For {{ name }} only\nText\n").entries
        assert (item.title, item.anchor) == ("For only", "for-only")
        assert Slot("name", None, SlotKind.HTML) in item.heading

    def test_a_table_may_hold_slots_with_bars(self) -> None:
        """The bar of a filter does not end a cell."""
        (table,) = issue_of("| a |\n|---|\n| {{ x | default('|') }} |\n").intro
        assert isinstance(table, Table)
        assert table.rows == (((Slot("x", "|", SlotKind.HTML),),),)

    def test_a_slot_in_a_comment_or_footnote_label_is_no_fault(self) -> None:
        """What never reaches a reader may hold anything; a label is only a name."""
        issue = issue_of("Text.<!-- {{ x.y }} -->[^{{x}}]\n\n[^{{x}}]: Note.\n")
        assert issue.footnotes[0].children == (Paragraph((Text("Note."),), 6),)

    def test_an_undefined_footnote_shows_its_label_as_written(self) -> None:
        """A slot in it is again a slot: no mark of ours is left."""
        parsed = read(FRONT + "A[^{{x}}]")
        assert [f.message.split(" is ")[0] for f in parsed.findings] == ["footnote [^{{x}}]"]
        assert parsed.issue
        assert parsed.issue.intro == (
            Paragraph((Text("A[^"), Slot("x", None, SlotKind.HTML), Text("]")), 4),
        )


class TestStructure:
    def test_the_whole_shape(self) -> None:
        """Intro, item, section with lead-in and items, sign-off."""
        issue = issue_of(
            "Intro.\n\n## One\nText.\n\n## Many\nLead-in.\n\n### Inner\nText.\n\n#### Why?\n"
            "Because.\n\n---\nBye.\n"
        )
        one, many = issue.entries
        assert issue.outline() == "intro · 1 section · 2 items · sign-off"
        assert isinstance(one, Item)
        assert isinstance(many, Section)
        assert many.lead_in == (Paragraph((Text("Lead-in."),), 10),)
        (inner,) = many.items
        assert inner.body[1] == Subheading((Text("Why?"),), 15)
        assert [item.title for item in issue.items()] == ["One", "Inner"]
        assert issue.sign_off == (Paragraph((Text("Bye."),), 19),)
        assert (one.line, many.line, inner.line) == (6, 9, 12)

    def test_only_the_last_rule_begins_the_sign_off(self) -> None:
        """Rules before it are dividers, rules and comments after the end are nothing."""
        issue = issue_of("## A\nText\n\n***\n\nMore\n\n---\nBye\n\n---\n<!-- done -->\n")
        (item,) = issue.entries
        assert isinstance(item, Item)
        assert item.body[1] == Divider(7)
        assert issue.sign_off == (Paragraph((Text("Bye"),), 12),)

    def test_a_rule_before_a_heading_is_a_divider(self) -> None:
        """Of any level: what follows it is still an item's."""
        issue = issue_of("## A\nText\n\n---\n\n#### Sub\nMore\n")
        assert issue.sign_off == ()
        (item,) = issue.entries
        assert isinstance(item, Item)
        assert [type(block) for block in item.body] == [Paragraph, Divider, Subheading, Paragraph]

    def test_a_rule_right_under_a_paragraph_stays_a_rule(self) -> None:
        """Setext headings are off."""
        issue = issue_of("Intro\n---\nBye\n")
        assert (issue.entries, issue.outline()) == ((), "intro · 0 items · sign-off")

    def test_a_level_2_heading_with_a_link_line_is_an_item(self) -> None:
        """A level-3 heading below it is an error, read as a subheading."""
        parsed = read(
            FRONT
            + "## A\nLinks: [code](https://example.org)\n\nText\n\n### B\nMore\n\n## C\nText\n"
        )
        assert [f.rule for f in parsed.findings] == ["heading-below-item"]
        assert parsed.issue
        first, second = parsed.issue.entries
        assert isinstance(first, Item)
        assert [type(block) for block in first.body] == [Paragraph, Subheading, Paragraph]
        assert second.title == "C"

    def test_anchors_are_unique(self) -> None:
        """The same title again gets a number that nobody has; other scripts stay."""
        issue = issue_of(
            "".join(
                f"## {title}\nText\n\n" for title in ("A b", "A b", "A b 2", "Обзор", "你好", "!")
            )
        )
        anchors = [entry.anchor for entry in issue.entries]
        assert anchors == ["a-b", "a-b-2", "a-b-2-2", "обзор", "你好", "item"]

    def test_a_title_is_plain_text_on_one_line(self) -> None:
        """Without marks, notes and HTML, with the text of pictures and links."""
        issue = issue_of(
            "## A *b* `c` [d](https://x.org) ![e](e.png)[^f]<b>g</b>\nText\n\n[^f]: F\n"
        )
        assert issue.entries[0].title == "A b c d eg"


class TestBlocks:
    def test_pictures_alone_are_a_figure(self) -> None:
        """One or several, linked or not, on one line or more; with text they stay inline."""
        figure, paragraph = issue_of(
            '![a *b*\nc](a.png "T")  [![d](d.png)](https://example.org)\n\nText ![e](e.png)\n'
        ).intro
        assert figure == Figure(
            (
                (Picture("a.png", "a b c", "T", 4), None),
                (Picture("d.png", "d", "", 5), Url(("https://example.org",))),
            ),
            4,
        )
        assert paragraph == Paragraph((Text("Text "), Picture("e.png", "e", "", 7)), 7)

    def test_lists_quotes_and_rules(self) -> None:
        """Blocks nest as they are written."""
        bullets, numbers, quote = issue_of("- a\n  - b\n\n7. c\n8. d\n\n> e\n>\n> ***\n").intro
        assert bullets == BulletList(
            (
                (
                    Paragraph((Text("a"),), 4),
                    BulletList(((Paragraph((Text("b"),), 5),),), 5),
                ),
            ),
            4,
        )
        assert isinstance(numbers, NumberedList)
        assert (numbers.start, len(numbers.items)) == (7, 2)
        assert quote == Quote((Paragraph((Text("e"),), 10), Divider(12)), 10)

    def test_tables_keep_alignment(self) -> None:
        """Missing cells are empty, an escaped bar is text."""
        (table,) = issue_of("| a | b | c | d |\n|---|:--|:-:|--:|\n| 1 \\| 2 | `x` |\n").intro
        assert table == Table(
            ((Text("a"),), (Text("b"),), (Text("c"),), (Text("d"),)),
            (((Text("1 | 2"),), (CodeSpan("x"),), (), ()),),
            (None, "left", "center", "right"),
            4,
        )

    def test_inlines(self) -> None:
        """Emphasis, breaks, entities, escapes, addresses, references."""
        (paragraph,) = issue_of("*a* **b** ~~c~~ &amp;\\* `d`  \ne\n<https://example.org>\n").intro
        assert paragraph == Paragraph(
            (
                Styled("em", (Text("a"),)),
                Text(" "),
                Styled("strong", (Text("b"),)),
                Text(" "),
                Styled("s", (Text("c"),)),
                Text(" &* "),
                CodeSpan("d"),
                LineBreak(hard=True),
                Text("e"),
                LineBreak(hard=False),
                Hyperlink(Url(("https://example.org",)), (Text("https://example.org"),), "", 6),
            ),
            4,
        )

    def test_emphasis_inside_the_same_emphasis_is_one(self) -> None:
        """So no writing of stars nests deeper than there are styles."""
        depth = 2000
        issue = read(FRONT + "*a **b " * depth + "c** d*" * depth).issue
        assert issue
        (paragraph,) = issue.intro
        assert isinstance(paragraph, Paragraph)
        assert repr(paragraph).count("Styled") < depth * 3

    def test_comments_never_leave_the_file(self) -> None:
        """In a line, over lines, as a block, in a list; what they alone filled is gone."""
        issue = issue_of(
            "A<!-- 1\n2 --> b\n\n<!-- 3\n\n## 4\n-->\n\n- <!-- 5 -->\n\n> <!-- 6 -->\n\n"
            "<div><!-- 7 -->c</div>\n\n<!-- 8 --> <!-- 9 -->\n"
        )
        assert issue.intro == (
            Paragraph((Text("A b"),), 4),
            BulletList(((),), 12),
            RawBlock("<div>c</div>", 16),
        )
        assert issue.entries == ()

    def test_written_out_comment_marks_are_text(self) -> None:
        """`&lt;!--` and `\\<!--` show a mark on purpose."""
        (paragraph,) = issue_of("&lt;!-- and \\<!-- and `<!--`\n").intro
        assert isinstance(paragraph, Paragraph)
        assert plain(paragraph.children) == "<!-- and <!-- and <!--"

    def test_html_is_kept_as_written(self) -> None:
        """Tags in a line one by one, blocks as a whole."""
        paragraph, block = issue_of('H<sub>2</sub>O\n\n<p lang="de">\nText\n</p>\n').intro
        assert isinstance(paragraph, Paragraph)
        assert paragraph.children[1:4] == (RawInline("<sub>"), Text("2"), RawInline("</sub>"))
        assert block == RawBlock('<p lang="de">\nText\n</p>', 6)

    def test_an_entity_for_a_line_end_is_a_space(self) -> None:
        """No text holds a line end of its own."""
        assert issue_of("a&#10;b\n").intro == (Paragraph((Text("a b"),), 4),)

    def test_an_active_target_leaves_only_its_text(self) -> None:
        """What would run at the reader's is in no tree, whatever a theme does."""
        parsed = read(FRONT + "[a *b*](javascript:alert(1)) ![c](data:x)\n")
        assert parsed.issue
        assert parsed.issue.intro == (Paragraph((Text("a "), Styled("em", (Text("b"),))), 4),)


class TestFootnotes:
    def test_numbers_follow_the_first_references(self) -> None:
        """Over the whole issue; each belongs to who refers to it first, with its own notes."""
        issue = issue_of(
            "Intro.[^z]\n\n## A\nText[^a] and[^z] and ^[in place *here*].\n\n## B\n\nLead[^b].\n\n"
            "### C\nText[^a].\n\n[^a]: Note a.[^deep]\n[^b]: Note b.\n\n    More.\n[^deep]: Deep.\n"
            "[^z]: Note z.\n\n---\nBye[^end].\n\n[^end]: End.\n"
        )
        first, second = issue.entries
        assert isinstance(second, Section)
        assert [n.number for n in issue.footnotes] == [1, 6]
        assert [n.number for n in first.footnotes] == [2, 3, 4]
        assert [n.number for n in second.footnotes] == [5]
        assert second.items[0].footnotes == ()
        assert [n.line for n in first.footnotes] == [16, 7, 20]
        assert len(second.footnotes[0].children) == 2
        assert first.footnotes[1].children == (
            Paragraph((Text("in place "), Styled("em", (Text("here"),))), 7),
        )

    def test_a_reference_twice_is_one_note(self) -> None:
        """Both references carry its number."""
        issue = issue_of("A[^n] b[^n].\n\n[^n]: Note.\n")
        numbers = [i.number for i in inlines_of(issue) if isinstance(i, FootnoteReference)]
        assert (numbers, len(issue.footnotes)) == ([1, 1], 1)

    def test_notes_that_refer_to_each_other_end(self) -> None:
        """A circle of notes is read once."""
        issue = issue_of("A[^a].\n\n[^a]: See [^b].\n\n[^b]: See [^a].\n")
        assert [note.number for note in issue.footnotes] == [1, 2]


class TestLines:
    def test_lines_count_every_line_end_of_the_paragraph(self) -> None:
        """Also those in code, titles, targets, comments, pictures and notes."""
        parsed = read(
            FRONT
            + "a `b\nc`\n[d](https://example.org\n'e\nf') ![g\nh](i.png) <!-- j\n"
            + "k --> ^[l\n[m]()]\n[n]()\n"
        )
        assert [(f.rule, f.where.line) for f in parsed.findings] == [
            ("link-empty", 11),
            ("link-empty", 12),
        ]

    def test_the_line_of_a_cell_is_its_rows(self) -> None:
        """Findings in tables point to the row."""
        parsed = read(FRONT + "| a |\n|---|\n| b |\n| [c]() |\n")
        assert [f.where.line for f in parsed.findings] == [7]


MARKS = """
    # ## ### #### * ** _ ~~ ` ``` [ ]( ) ![ ]() <b> </b> <!-- --> <div> | |--- - 1. > --- ***
    [^a] [^a]: ^[ {{ }} {% %} default( " ' & &#xE000; &#10; https://a.b/ : / · \\ $ <script>
    Availability: ::: audience TODO javascript: é 你好 👩\u200d👧
"""
BLANKS = ("\n", "\n\n", " ", "    ", "\t", "\x00", "{{ a }}", '{{ a | default("b") }}')
MARKUP = st.lists(st.sampled_from((*MARKS.split(), *BLANKS)), max_size=60).map("".join)


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.text(), MARKUP), st.booleans())
def test_no_text_crashes_the_parser_or_leaks_a_mark(text: str, with_front: bool) -> None:
    """Whatever an editor writes: findings and an issue, and no character of ours in it."""
    parsed = read(FRONT + text if with_front else text)
    assert (parsed.issue is not None) or has_errors(parsed.findings)
    assert "\\ufd" not in repr(parsed)


@settings(deadline=None)
@given(st.text(), st.text())
def test_no_front_matter_crashes_the_parser(title: str, yaml: str) -> None:
    """Neither as a value nor as a whole; headers are single lines without controls."""
    quoted = title.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\r", " ")
    for source in (f'---\ntitle: "{quoted}"\n---\n', f"---\n{yaml}\n---\n"):
        issue = read(source).issue
        if issue:
            assert issue.title.isprintable() or not issue.title.isascii()
            assert not set("\r\n\x00") & set(issue.title)


@pytest.mark.slow  # much text
@pytest.mark.parametrize(
    "body",
    [
        "{{" * 20_000,
        "{{ `" * 5_000,
        "{{ x " * 20_000 + "}}",
        "{% " * 5_000,
        "*a _b" * 1_500,
        "[" * 5_000,
        "![" * 1_000,
        "<!--" * 2_000,
        "`" * 2_000 + " `" * 2_000,
        "[^a] " * 2_000 + "\n\n[^a]: x\n",
        "## A\nText\n\n" * 500,
        "| a " * 100 + "|\n" + "|---" * 100 + "|\n" + "| b\n" * 100,
    ],
)
def test_hostile_repetition_is_read(body: str) -> None:
    """No pattern of ours runs away on text that repeats itself: the reading comes to an end."""
    assert read(FRONT + body).issue


def test_a_language_is_known_by_its_form() -> None:
    assert is_language("en")
    assert is_language("pt-BR")
    assert not is_language("klingon")
    assert not is_language("EN")
