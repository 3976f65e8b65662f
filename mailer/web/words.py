"""What the readers' pages say, by language: `templates/pages/words/LANG.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup, escape
from starlette.requests import Request

from mailer import files
from mailer.composer.html.views import direction

FALLBACK = "en"
_FOLDER = "pages/words"
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Words:
    """A language's words, completed in English. `lang` is its tag."""

    lang: str
    strings: Mapping[str, str]

    @property
    def dir(self) -> str:
        return direction(self.lang)

    def say(self, name: str, **values: object) -> Markup:
        """A sentence with `{name}` replaced by values; what is not Markup is escaped."""
        text = str(escape(self.strings[name]))
        filled = _PLACE.sub(lambda match: str(escape(values[match[1]])), text)
        return Markup(filled)  # noqa: S704 - every part was escaped


@cache
def languages() -> tuple[str, ...]:
    """Those that the pages speak."""
    folder = files.templates_dir() / _FOLDER
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


@cache
def words_of(lang: str) -> Words:
    """Those of a language, or else of English."""
    short = lang.partition("-")[0]
    known = short if short in languages() else FALLBACK
    return Words(known, {**_read(FALLBACK), **_read(known)})


@cache
def _read(lang: str) -> Mapping[str, str]:
    path = files.templates_dir() / _FOLDER / f"{lang}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def asked_for(request: Request, own: str | None, home: str) -> Words:
    """In the language that `?lang=` names, else the reader's `own`, else the first of
    Accept-Language (RFC 9110 §12.5.4) that the pages speak, else the publication's."""
    named = request.query_params.get("lang", "").lower()
    accepted = _accepted(request.headers.get("accept-language", "")[:200])
    wanted = (named, own or "", *accepted)
    spoken = (tag for tag in wanted if tag.partition("-")[0] in languages())
    return words_of(next(spoken, home))


def _accepted(header: str) -> list[str]:
    """The tags, the best liked first; those that are refused left out."""
    liked = []
    for part in header.lower().split(","):
        tag, _, quality = part.partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if weight > 0:
            liked.append((-weight, tag.strip()))
    return [tag for _, tag in sorted(liked, key=lambda each: each[0])]
