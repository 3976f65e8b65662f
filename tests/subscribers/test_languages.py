"""Which of several languages a reader gets."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from subscribers.errors import BadValue
from subscribers.languages import place, places, tag


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("de", "de"),
        (" pt_BR ", "pt-br"),
        ("gsw", "gsw"),
        ("GER", "de"),
        ("por-BR", "pt-br"),
        ("German", "de"),
        ("deutsch", "de"),
        ("Englisch", "en"),
        (" Brazilian  Portuguese", "pt-br"),
        ("中文", "zh"),
        ("English (US)", "en-us"),
        ("Deutsch (Österreich)", "de-at"),
        ("English (Somewhere)", "en"),
    ],
)
def test_a_language_is_kept_as_its_tag_in_small_letters(text: str, kept: str) -> None:
    assert tag(text) == kept


@pytest.mark.parametrize("text", ["", "d", "Germanic", "de-", "de at", "de-ä", "Unknown language"])
def test_what_is_no_language_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="is no language: write its tag, such as de or pt-br"):
        tag(text)


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        (None, "en"),
        ("en", "en"),
        ("de", "de"),
        ("de-at", "de-AT"),
        ("de-ch", "de"),
        ("pt", "pt-BR"),
        ("pt-pt", "pt-BR"),
        ("fr", "en"),
        ("d", "en"),
    ],
)
def test_a_reader_gets_the_nearest_language(wanted: str | None, got: str) -> None:
    languages = ("en", "de", "de-AT", "pt-BR")
    assert languages[place(wanted, languages)] == got


_TAGS = st.sampled_from(["en", "de", "de-at", "de-at-x1", "de-ch", "den", "pt", "pt-br", "pt-pt"])


@given(st.none() | _TAGS, st.lists(_TAGS, min_size=1, max_size=5, unique=True))
def test_the_database_chooses_as_we_do(wanted: str | None, languages: list[str]) -> None:
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        found = connection.scalar(sa.select(places(sa.literal(wanted, sa.Text), languages)))
    engine.dispose()
    assert found == place(wanted, languages)
