"""An issue, an issue file and a publication with the same text in every field."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from mailer.composer.frame import Frame, Logo
from mailer.composer.parsing.parse import Defaults, parse
from mailer.model.content import (
    BulletList,
    Callout,
    CalloutKind,
    CodeBlock,
    CodeSpan,
    Continuation,
    Figure,
    Footnote,
    FootnoteReference,
    Formula,
    Hyperlink,
    More,
    Paragraph,
    Picture,
    Quote,
    RawBlock,
    RawInline,
    Run,
    Styled,
    Subheading,
    Table,
    Text,
    Url,
    Video,
)
from mailer.model.edition import PictureFile
from mailer.model.issue import Issue, Item, Link, Part, Role, Section
from mailer.model.slot import Slot, SlotKind

# Where an editor may write a text, as `@`; those that may swallow what comes after them stand last.
PLACES = (
    *("x @ y", "**@**", "`@`", "$@$", "<b title='@'>x</b>", "<b @>x</b>", "x <!-- @ -->", "^[@]"),
    *("[@](https://a.example)", "[x](@)", "[x](<@>)", "[x](https://a.example/@)"),
    *('[x](https://a.example "@")', "<@>", "<https://a.example/@>", "[@]", "[x][@]", "x[^@]"),
    *("![@](images/known.png)", "![x](@)", "![x](<@>)", '![x](images/known.png "@")'),
    *("![x](images/known.png){width=@}", '[![@](images/known.png "@")](https://youtu.be/@)'),
    *("[@](https://youtu.be/@)", "{{ name | default('@') }}", '{{ @ | default("x") }}'),
    *('[x](https://a.example/?{{ name | default("@") }})', "- @", "1. @", "> @", "#### @"),
    *("> [!TIP] @\n> @", "> [!@] x", "| @ | x |\n|---|---|\n| @ | @ |", "    @"),
    *("[@]: @ '@'", "[^@]: @", "::: @", "::: more\n\n@\n\n:::"),
    *("```@\n@\n```", "<div>@</div>", '<div title="@">x</div>', "<div @>x</div>", "@"),
)
_FILE = """---
title: KEY
subject: KEY
preheader: KEY
id: hostile
---
x @

## @
Availability: [@](https://a.example/@) / [x](<@>) / @

x

## @
x @

### @
Links: [project page](@)

x

"""


def source(bad: str) -> str:
    """An issue file with `bad` in every place that Markdown has."""
    body = "\n\n".join((_FILE, *PLACES, "---\n\n@")).replace("@", bad)
    return body.replace("KEY", json.dumps(bad, ensure_ascii=False))


def issue_of(bad: str) -> Issue:
    """The same file, read."""
    read = parse(source(bad), "hostile.md", Defaults("en", (), "hostile")).issue
    assert read
    return read


def packed(of: Callable[[str], Issue], vectors: Sequence[str]) -> Issue:
    """One issue with the entries of each, and all of the texts in what it has once."""
    entries = (entry for vector in vectors for entry in of(vector).entries)
    return replace(of(" ".join(vectors)), entries=tuple(entries))


def issue(bad: str) -> Issue:
    """`bad` in every field that an editor fills, and as a default of every slot. Each kind of block
    stands in one place: the same is made of it in all."""
    text, slot = (Text(bad),), Slot("name", bad, SlotKind.HTML)
    url = Url((bad,))
    picture = Picture(bad, bad, bad, 1)
    link = Hyperlink(Url(("https://a.example/", Slot("q", bad), bad)), text, bad, 1)
    running = Paragraph(
        (
            *text,
            slot,
            link,
            picture,
            CodeSpan(bad),
            Formula(bad, (Run(bad, "italic"), Run(bad))),
            RawInline(bad),
            Hyperlink(url, text, bad, 1),
            Styled("em", text),
            FootnoteReference(1),
        ),
        1,
    )
    blocks = (
        running,
        Figure(((picture, url), (Picture("images/known.png", bad, bad, 1), url)), 1),
        Video(url, text, replace(picture, is_still=True), 1),
        Video(url, text, None, 1),
        Subheading(text, 1),
        BulletList(((running,), (running, running)), 1),
        Quote((running,), 1),
        Callout(CalloutKind.TIP, text, (running,), 1),
        CodeBlock(bad, bad, 1),
        CodeBlock(bad, "html", 1),
        Table((text, (slot,)), ((text, (link,)),), (None, "right"), 1),
        RawBlock(bad, 1),
        Continuation(text, bad, 1),
    )
    few = (running,)
    part = Part((link, *text, RawInline(bad)), (Link(link.url, bad, Role.PROJECT, 1),), 1)
    item = Item((*text, slot), bad, bad, (part,), (*blocks, More(text, bad, few, 1)), (), 1)
    section = Section(text, bad, bad, few, (replace(item, body=few),), (), 1)
    note = Footnote(1, (running,), 1)
    date = dt.date(2021, 1, 31)
    return Issue(bad, bad, 13, date, (bad,), bad, "en", None, few, (item, section), few, (note,))


def frame(bad: str) -> Frame:
    picture = PictureFile(bad, "image/png", 10, 10, b"")
    return Frame(
        publication=bad,
        sender="editor@example.org",
        reply_to=None,
        address=f"{bad}\n{bad}",
        base="https://news.example.org",
        tagline=bad,
        logo=Logo(Picture(bad, bad, bad, 0), picture),
        pictures={bad: picture, "images/known.png": picture},
        strings={
            "en": {"why": f"{bad} {{list}}", "contents": bad, "item_link": f"{bad}{{link}}{{item}}"}
        },
    )
