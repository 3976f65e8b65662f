"""Program text cut into the groups of tokens that a theme colours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.composer.highlight import is_known, pieces


def grouped(code: str, language: str) -> list[tuple[str, str]]:
    """What is coloured, with its group."""
    return [(group, text) for group, text in pieces(code, language) if group]


@pytest.mark.parametrize(
    ("language", "code", "found"),
    [
        ("python", "async def f(x=1): # a\n    # b", [
            ("keyword", "async def"), ("name", "f"), ("number", "1"), ("comment", "# a\n    # b"),
        ]),
        ("python", "@d\nx = not 'a'", [("name", "@d"), ("keyword", "not"), ("string", "'a'")]),
        ("python", "self.x = None", [("number", "None")]),
        ("json", '{"a": [true, "b"]}', [("name", '"a"'), ("number", "true"), ("string", '"b"')]),
        ("html", '<b title="c">', [("name", "b title"), ("string", '"c"')]),
        ("c", "#include <a.h>", [("keyword", "#include"), ("string", "<a.h>")]),
        ("diff", "-a\n+b", [("number", "-a"), ("string", "+b")]),
        ("console", "$ ls", [("comment", "$")]),
        ("text", "def f(): 1", []),
    ],
)  # fmt: skip
def test_the_same_few_groups_in_every_language(
    language: str, code: str, found: list[tuple[str, str]]
) -> None:
    """Words of the language, comments, texts, numbers and constants, names that matter."""
    assert grouped(code, language) == found


def test_an_unknown_language_has_no_colours() -> None:
    assert not is_known("nosuch")
    assert list(pieces("def f()", "nosuch")) == [(None, "def f()")]
    assert list(pieces("def f()", "")) == [(None, "def f()")]


@pytest.mark.parametrize("language", ["python", "console", "robotframework", "rst", "yaml", "sql"])
@given(code=st.text())
def test_together_the_pieces_are_the_code(language: str, code: str) -> None:
    """Whatever it is: some lexers drop a line without an end, or characters that they do not know.
    No piece with a colour begins or ends with white space."""
    found = list(pieces(code, language))
    assert "".join(text for _, text in found) == code
    assert all(text == text.strip() for group, text in found if group)


def test_what_a_lexer_loses_is_kept_without_colours() -> None:
    assert list(pieces("*** Test ***\u2028x", "robotframework")) == [
        (None, "*** Test ***\u2028x"),
    ]
