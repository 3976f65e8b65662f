"""Files of the inbox: what is written is read again, and what an editor breaks is told."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.errors import MailerError
from mailer.intake.inbox.item import InboxItem, read, written
from mailer.model.characters import FORBIDDEN
from mailer.model.issue import Role

DAY = dt.date(2021, 1, 12)
WHOLE = InboxItem(
    url="https://arxiv.org/abs/2010.11934",
    title='mT5: "massively" multilingual',
    added=DAY,
    section="Papers",
    site="arXiv.org",
    description="No",
    picture="https://arxiv.org/a.png",
    links={Role.PAPER: "https://arxiv.org/abs/2010.11934", Role.SOURCE: "https://github.com/a/b"},
    note="First *paragraph*.\n\nSecond one.",
    issue="2021-01",
)


def test_a_file_reads_like_the_front_matter_of_an_issue() -> None:
    """What is empty does not stand there; the note is the text."""
    assert written(WHOLE) == (
        "---\n"
        "url: https://arxiv.org/abs/2010.11934\n"
        "title: 'mT5: \"massively\" multilingual'\n"
        "section: Papers\n"
        "site: arXiv.org\n"
        "description: 'No'\n"
        "picture: https://arxiv.org/a.png\n"
        "issue: 2021-01\n"
        "added: 2021-01-12\n"
        "links:\n"
        "  paper: https://arxiv.org/abs/2010.11934\n"
        "  source: https://github.com/a/b\n"
        "---\n"
        "First *paragraph*.\n\nSecond one.\n"
    )
    bare = written(InboxItem("https://example.org", "T", DAY))
    assert bare == "---\nurl: https://example.org\ntitle: T\nadded: 2021-01-12\n---\n"


_LINE = st.text(max_size=30).map(lambda text: " ".join(FORBIDDEN.sub("", text).split()))


@given(title=_LINE.filter(bool), description=_LINE, note=_LINE)
@settings(max_examples=50)
def test_what_is_written_is_read_again(title: str, description: str, note: str) -> None:
    """Whatever a page is called."""
    item = InboxItem("https://e.org/a", title, DAY, description=description, note=note.strip("-"))
    assert read(written(item), "x.md") == item
    assert read(written(WHOLE), "x.md") == WHOLE


def test_a_file_from_another_system_is_read() -> None:
    """With a mark at its beginning and line ends of two characters; values are texts."""
    text = "\ufeff---\r\nurl: https://e.org\r\ntitle: No\r\nadded: 2021-01-12\r\n---\r\nText\r\n"
    assert read(text, "x.md") == InboxItem("https://e.org", "No", DAY, note="Text")


@pytest.mark.parametrize(
    ("front", "fault"),
    [
        ("title: a: b", "x.md:2: its front matter cannot be read: put a value"),
        ("- a", "x.md: has no url and title"),
        ("url: https://e.org", "x.md: has no url and title"),
        ("url: e.org\ntitle: T\nadded: 2021-01-12", "x.md: url is no address of the web"),
        ("url: https://e.org\ntitle: T\nadded: soon", "x.md: added is 'soon': write a day"),
        ("url: https://e.org\ntitle: T", "x.md: added is '': write a day"),
        ("url: https://e.org\ntitle: T\ntags: a", "x.md: unknown key 'tags': use one of url,"),
        ("url: https://e.org\ntitle: [T]", "x.md: title is not a single value"),
        ("url: https://e.org\ntitle: T\nadded: 2021-01-12\nlinks: a", "x.md: links is no list"),
        (
            "url: https://e.org\ntitle: T\nadded: 2021-01-12\nlinks: {code: b}",
            "x.md: links has 'code': use one of project, source,",
        ),
    ],
)
def test_a_fault_is_one_line_with_its_file(front: str, fault: str) -> None:
    """And says how to mend it."""
    with pytest.raises(MailerError) as raised:
        read(f"---\n{front}\n---\n", "x.md")
    assert str(raised.value).startswith(fault)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("text", ["", "Text", "---\nurl: https://e.org\n"])
def test_without_front_matter_it_is_no_item(text: str) -> None:
    """As a note that somebody saved into the wrong folder."""
    with pytest.raises(MailerError, match=r"x\.md: has no front matter between two lines of ---"):
        read(text, "x.md")
