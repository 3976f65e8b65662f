from __future__ import annotations

import datetime as dt

from mailer.composer.html.views import locale_of, long_date, opening
from mailer.model.content import Divider, Paragraph, Styled, Text
from mailer.model.slot import Slot


def test_dates_are_long_and_in_the_language_of_the_issue() -> None:
    date = dt.date(2021, 1, 31)
    assert long_date(date, locale_of("en")) == "January 31, 2021"
    assert long_date(date, locale_of("en-GB")) == "31 January 2021"
    assert long_date(date, locale_of("ru")) == "31 января 2021\u202fг."
    assert long_date(date, None) == "January 31, 2021"
    assert long_date(None, locale_of("en")) == ""


def test_a_language_that_is_unknown_or_malformed_has_no_locale() -> None:
    assert locale_of("tlh") is None
    assert locale_of("not a language") is None


def test_the_opening_is_the_first_paragraph_with_its_defaults() -> None:
    first = Paragraph((Text("Hello "), Slot("name", "you"), Styled("em", (Text(",\nall"),))), 1)
    assert opening((Divider(1), first, first)) == "Hello you, all"


def test_a_long_opening_is_cut_between_words() -> None:
    words = opening((Paragraph((Text("word " * 50),), 1),))
    assert words.endswith("word…")
    assert len(words) <= 121


def test_blocks_without_a_paragraph_have_no_opening() -> None:
    assert opening((Divider(1),)) == ""
