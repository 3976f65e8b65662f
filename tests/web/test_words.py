"""The pages speak every language that the themes speak."""

from __future__ import annotations

import re
import tomllib

import pytest
from program import ROOT
from reception import Reception

from mailer.premises import theme_of
from mailer.web.words import FALLBACK, languages, words_of

_WORDS = ROOT / "templates" / "pages" / "words"
_PLACES = re.compile(r"\{\w+\}")


def _strings(lang: str) -> dict[str, str]:
    return tomllib.loads((_WORDS / f"{lang}.toml").read_text(encoding="utf-8"))


def test_they_are_those_of_the_themes() -> None:
    assert set(languages()) == set(theme_of("digest").settings.strings)


@pytest.mark.parametrize("lang", languages())
def test_every_language_says_everything(lang: str) -> None:
    """The same sentences with the same places, none of them left in English."""
    english, own = _strings(FALLBACK), _strings(lang)
    assert own.keys() == english.keys()
    for name, text in own.items():
        assert set(_PLACES.findall(text)) == set(_PLACES.findall(english[name])), name
        assert text.strip() == text
    same = [name for name in own if own[name] == english[name]]
    assert lang == FALLBACK or len(same) <= 1, same


def test_every_word_is_said_somewhere() -> None:
    sources = [*(ROOT / "mailer" / "web").glob("*.py"), *_WORDS.parent.glob("*.j2")]
    said = "".join(path.read_text(encoding="utf-8") for path in sources)
    built = ("fault_", "advice_", "reason_")
    unsaid = [n for n in _strings(FALLBACK) if not n.startswith(built) and f'{n}"' not in said]
    assert [name for name in unsaid if f"'{name}'" not in said] == []


@pytest.mark.parametrize(
    ("query", "header", "lang"),
    [
        ("", None, "en"),
        ("", "tlh, de-AT;q=0.8, fr;q=0.9", "fr"),
        ("", "de;q=0, *;q=0.5", "en"),
        ("", "de;q=x,;q=,=", "en"),
        ("?lang=ar", "de", "ar"),
        ("?lang=../../etc/passwd", "de-CH", "de"),
    ],
)
def test_a_page_speaks_the_readers_language(
    front: Reception, query: str, header: str | None, lang: str
) -> None:
    """The one that is named, else the first that the browser asks for, else the publication's."""
    headers = {} if header is None else {"accept-language": header}

    page = front.ask("GET", f"/subscribe{query}", headers=headers).text

    direction = "rtl" if lang == "ar" else "ltr"
    assert f'<html lang="{lang}" dir="{direction}">' in page
    assert str(words_of(lang).say("subscribe_lead")) in page
