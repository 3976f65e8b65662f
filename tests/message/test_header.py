"""Header fields hold what was meant, in a form that RFC 5322 and RFC 2047 allow."""

from __future__ import annotations

import email
import email.header
import email.policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.message import header

free_text = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=400)


def decoded(field: str) -> str:
    raw = email.message_from_string(field + "\r\n", policy=email.policy.compat32)["Subject"]
    unfolded = raw.replace("\r\n", "").replace("\n", "")
    return str(email.header.make_header(email.header.decode_header(unfolded)))


@given(free_text)
def test_a_subject_reads_back_as_it_was_written(text: str) -> None:
    """Encoding, cutting into words and folding change nothing of the text."""
    assert decoded(header.unstructured("Subject", text)) == text.strip()


@given(free_text)
def test_no_line_of_a_subject_passes_76_octets(text: str) -> None:
    """Every line of the field stays under the limit of RFC 2047 §2."""
    lines = header.unstructured("Subject", text).removesuffix("\r\n").split("\r\n")
    assert all(len(line) <= 76 for line in lines)
    assert all(line.startswith(" ") and line.strip() for line in lines[1:])


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\x00", "\x85", "\u2028"])
def test_a_line_break_in_a_value_cannot_add_a_header(break_: str) -> None:
    """Whatever some program takes for a line end becomes a space."""
    field = header.unstructured("Subject", f"Hello{break_}Bcc: all@example.org")
    assert field == "Subject: Hello Bcc: all@example.org\r\n"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ann@example.org", "ann@example.org"),
        ("Ann Lee <ann@example.org>", "Ann Lee <ann@example.org>"),
        ("Lee, Ann <ann@example.org>", '"Lee, Ann" <ann@example.org>'),
        ("Čapek <c@bücher.example>", "=?utf-8?b?xIxhcGVr?= <c@xn--bcher-kva.example>"),
    ],
)
def test_a_mailbox_is_quoted_or_encoded_where_it_must_be(written: str, expected: str) -> None:
    """Names with specials are quoted, others encoded, domains become A-labels."""
    assert header.mailbox(written) == expected


def test_text_that_looks_like_an_encoded_word_is_encoded() -> None:
    """Else a reader would decode what the editor wrote literally."""
    assert decoded(header.unstructured("Subject", "=?utf-8?q?a?=")) == "=?utf-8?q?a?="


def test_a_long_plain_subject_is_folded_between_words_and_not_encoded() -> None:
    """A reader of the source sees the words (RFC 5322 §2.2.3)."""
    field = header.unstructured("Subject", "twenty words or so of a subject " * 5)
    assert "=?" not in field
    assert len(field.split("\r\n")) > 3
    assert decoded(field) == ("twenty words or so of a subject " * 5).strip()


def test_a_word_too_long_to_fold_is_encoded() -> None:
    """No line may pass its limit, and encoded words can be cut anywhere."""
    field = header.unstructured("Subject", "x" * 300)
    assert all(len(line) <= 76 for line in field.split("\r\n"))
    assert decoded(field) == "x" * 300
