"""What is wrong with a text that is no TOML, said to an editor: the parser speaks to programmers.
No word of the text itself is told, which may be a secret."""

from __future__ import annotations

import re
from tomllib import TOMLDecodeError

_AT = re.compile(
    r"(?P<said>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)", re.DOTALL
)
_LINE = "a line is `name = value`, or `[table]`, or begins with #"
# What the parser says → what that means.
_MEANINGS = (
    (r"Expected '='|Invalid statement|Invalid initial character", _LINE),
    (r"Invalid value, and no more", "a value or a closing bracket is missing at the end"),
    (r"Invalid value", 'a text stands between "quotation marks", a list between [brackets]'),
    (r"Unterminated string|Illegal character '\\n'", "a quotation mark is missing at the end"),
    (r"^Unescaped|hex value", r"for \ write \\, or put the text between single quotes"),
    (r"twice|overwrite|immutable|[Dd]uplicate", "the name, or the table, stands there already"),
    (r"Unclosed|Expected '\]|Expected '\}", "a closing bracket is missing"),
    (r"Expected newline", "something stands behind the value"),
    (r"Invalid date", "a day is written 2026-01-31, a time 20:15:00"),
    (r"Illegal character|Found invalid character", "there is a character that no file may hold"),
)


def where_and_why(error: TOMLDecodeError) -> str:
    """`:3: not valid TOML: …`, for behind the name of a file; without a line where it breaks off at
    its end."""
    found = _AT.fullmatch(str(error))
    said, line = (found["said"], found["line"]) if found else (str(error), None)
    place = f":{line}" if line else ""
    heard = said if line else f"{said}, and no more"
    meanings = (meaning for words, meaning in _MEANINGS if re.search(words, heard))
    return f"{place}: not valid TOML: {next(meanings, said)}"
