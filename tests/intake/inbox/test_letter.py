"""Mail to the inbox: who wrote, and which links of it are meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.intake.inbox.letter import Letter, read

HEAD = "From: Ann <Ann@Example.org>\r\nSubject: =?utf-8?q?mT5=3A_f=C3=BCr_alle?=\r\n"
HTML = """<p>See <a href="https://example.org/a">this</a>,
<a href=" https://example.org/b c ">that</a>,
<a href="mailto:x@example.org">mail</a>, <a href="https://[">broken</a>"""


def plain(text: str, head: str = HEAD) -> Letter:
    return read(f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode())


def test_a_letter_is_read_for_its_links() -> None:
    """With its sender, its subject, and what it says beside them."""
    letter = plain("Look,\r\n\r\nhttps://example.org/a is good.\r\n-- \r\nhttps://ann.example\r\n")
    assert letter == Letter(
        "ann@example.org", "mT5: für alle", ("https://example.org/a",), "Look,\n\nis good."
    )


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("(https://e.org/a), https://e.org/b. <https://e.org/c>", ["a", "b", "c"]),
        ("https://e.org/a_(b) (see https://e.org/c_(d))", ["a_(b)", "c_(d)"]),
        ("*https://e.org/a* “https://e.org/b”", ["a", "b"]),
        ("https://e.org/a https://www.e.org/a/#x HTTPS://E.ORG/b", ["a", "b"]),
        ("https://e.org/a?b=1&c=[2]!", ["a?b=1&c=[2]"]),
        ("ftp://e.org/a example.org http://", []),
    ],
)
def test_punctuation_is_no_part_of_a_link(text: str, links: list[str]) -> None:
    """And each page counts once."""
    found = [link.lower().replace("www.", "").partition("e.org/")[2] for link in plain(text).links]
    assert [link.partition("/#")[0] for link in found] == links


def test_html_counts_where_there_is_no_plain_text() -> None:
    """As a phone sends it; a part with a name is a file."""
    body = f"Content-Type: text/html; charset=utf-8\r\n\r\n{HTML}"
    assert read(f"{HEAD}{body}".encode()).links == (
        "https://example.org/a",
        "https://example.org/bc",
    )
    start = "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
    named = "Content-Type: text/plain; name=a.txt\r\n\r\nhttps://example.org/file\r\n--x\r\n"
    both = read(f"{HEAD}{start}{named}{body}\r\n--x--\r\n".encode())
    assert both.links[0] == "https://example.org/a"
    assert both.words == ""


def test_a_newsletter_brings_a_few_links_and_no_words() -> None:
    """Somebody forwarded one; what stood before its subject is dropped."""
    links = " ".join(f"https://example.org/{n} {'word ' * 100}" for n in range(30))
    letter = plain(links, "From: a@example.org\r\nSubject: Fwd: Re: AW: News\r\n")
    assert (letter.subject, len(letter.links), letter.words) == ("News", 10, "")


@pytest.mark.parametrize(
    "head",
    [
        "",
        "From: =?x?q?=FF?= <\r\n",
        "From: a@b@c, d\r\n",
        "Subject: =?no-such?b?!!?=\r\n",
        "\xff\r\n",
    ],
)
def test_a_broken_letter_is_read_as_far_as_it_goes(head: str) -> None:
    """Without a fault."""
    letter = read(f"{head}\r\nhttps://example.org/a".encode("latin-1"))
    assert letter.sender in ("", "a@b@c", "a@b")


@given(st.binary(max_size=300))
@settings(max_examples=50)
def test_any_octets_are_some_letter(content: bytes) -> None:
    """Whoever sends them."""
    assert isinstance(read(content), Letter)
    read(b"From: a@example.org\nSubject: " + content + b"\n\n<a href='" + content)
