"""A fault of TOML is told with its line, in words for an editor, and without the text."""

from __future__ import annotations

import tomllib

import pytest

from mailer.model.toml import where_and_why

FAULTS = [
    ("x = 1\nhello there\n", ":2: not valid TOML: a line is `name = value`"),
    ("name = News\n", ":1: not valid TOML: a text stands between"),
    ('name = "News\n', ":1: not valid TOML: a quotation mark is missing"),
    ('name = """News\n', ": not valid TOML: a quotation mark is missing"),
    ('folder = "C:\\\\News\\d"\n', ":1: not valid TOML: for \\ write \\\\"),
    ("x = 1\nx = 2\n", ":2: not valid TOML: the name, or the table, stands there already"),
    ("[a]\n[a]\n", ":2: not valid TOML: the name, or the table, stands there already"),
    ("x = [1,\n", ": not valid TOML: a value or a closing bracket is missing"),
    ("[x\n", ":1: not valid TOML: a closing bracket is missing"),
    ("x = 1 2\n", ":1: not valid TOML: something stands behind the value"),
    ("x = 2026-02-31\n", ":1: not valid TOML: a day is written 2026-01-31"),
    ('x = "\x01"\n', ":1: not valid TOML: there is a character"),
]


@pytest.mark.parametrize(("text", "said"), FAULTS)
def test_it_says_how_to_write_it(text: str, said: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as raised:
        tomllib.loads(text)
    assert where_and_why(raised.value).startswith(said)


def test_what_nobody_has_words_for_is_told_as_it_is() -> None:
    """A later parser may say other things."""
    assert where_and_why(tomllib.TOMLDecodeError("Odd")) == ": not valid TOML: Odd"
