"""The files that a new publication and a new issue start from."""

from __future__ import annotations

import json

from jinja2 import Environment, StrictUndefined

from mailer import files

# TOML and Markdown are written here, no HTML: escaping for HTML would only spoil them.
_ENVIRONMENT = Environment(autoescape=False, keep_trailing_newline=True, undefined=StrictUndefined)  # noqa: S701


def _quoted(text: str) -> str:
    """A string as TOML and YAML both read it."""
    return json.dumps(text, ensure_ascii=False)


_ENVIRONMENT.filters["quoted"] = _quoted


def text_of(file: str, **fields: str) -> str:
    """The file `templates/starter/<file>` with its fields filled in."""
    source = (files.templates_dir() / "starter" / file).read_text(encoding="utf-8")
    return _ENVIRONMENT.from_string(source).render(fields)
