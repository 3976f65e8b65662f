"""Text files from templates: what a publication and an issue start from, and letters."""

from __future__ import annotations

import json
import re

from jinja2 import Environment, StrictUndefined

from mailer import files

# TOML and Markdown are written here, no HTML: escaping for HTML would only spoil them.
_ENVIRONMENT = Environment(
    autoescape=False,  # noqa: S701 - see above
    keep_trailing_newline=True,
    trim_blocks=True,
    undefined=StrictUndefined,
)
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def _quoted(text: str) -> str:
    """A string as TOML and YAML both read it."""
    return json.dumps(text, ensure_ascii=False)


def escaped(text: str) -> str:
    """A line of anybody's words as Markdown that says just them (CommonMark §2.4)."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


_ENVIRONMENT.filters.update(quoted=_quoted, escaped=escaped)


def text_of(file: str, **fields: str) -> str:
    """The file `templates/starter/<file>` with its fields filled in."""
    return filled(f"starter/{file}", **fields)


def filled(template: str, **fields: object) -> str:
    """The text file `templates/<template>` with its fields filled in."""
    source = (files.templates_dir() / template).read_text(encoding="utf-8")
    return _ENVIRONMENT.from_string(source).render(fields)
