from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.composer.html.sentinels import Sentinels
from mailer.errors import MailerError
from mailer.model.slot import Slot, SlotKind

SLOT = Slot("first_name", "reader")


def test_a_text_is_cut_at_its_slots_with_the_kind_of_their_place() -> None:
    sentinels = Sentinels("issue")
    html = sentinels.mark(SLOT, SlotKind.HTML)
    url = sentinels.mark(SLOT, SlotKind.URL)
    assert sentinels.split(f"<p>{html}</p><a href='?{url}'>") == (
        "<p>",
        Slot("first_name", "reader", SlotKind.HTML),
        "</p><a href='?",
        Slot("first_name", "reader", SlotKind.URL),
        "'>",
    )


def test_a_whole_address_travels_as_a_url() -> None:
    """premailer leaves a URL alone where it would escape anything else in an href."""
    sentinels = Sentinels("issue")
    address = sentinels.address("unsubscribe_url")
    assert address.startswith("https://slot.invalid/")
    assert sentinels.split(f'<a href="{address}">') == (
        '<a href="',
        Slot("unsubscribe_url", None, SlotKind.HTML),
        '">',
    )


def test_sentinels_are_ascii_words() -> None:
    word = Sentinels("ü").mark(SLOT, SlotKind.HTML)
    assert word.isascii()
    assert word.isalnum()


def test_content_cannot_forge_a_sentinel() -> None:
    """A sentinel seen in one edition means nothing in the edition whose content it is."""
    seen = Sentinels("issue").mark(SLOT, SlotKind.HTML)
    forged = Sentinels(f"issue {seen}")
    forged.mark(SLOT, SlotKind.HTML)
    assert forged.split(f"issue {seen}") == (f"issue {seen}",)


@pytest.mark.parametrize("damage", [lambda w: w[:-1], lambda w: w[:-9], str.upper, str.title])
def test_a_damaged_sentinel_is_an_error(damage: Callable[[str], str]) -> None:
    sentinels = Sentinels("issue")
    word = sentinels.mark(SLOT, SlotKind.HTML)
    with pytest.raises(MailerError, match="changes a slot"):
        sentinels.split(damage(word))


def test_the_same_content_gives_the_same_sentinels() -> None:
    assert Sentinels(("a", 1)).mark(SLOT, SlotKind.HTML) == Sentinels(("a", 1)).mark(
        SLOT, SlotKind.HTML
    )


@given(st.lists(st.tuples(st.text(), st.sampled_from(SlotKind)), max_size=12))
def test_whatever_stands_between_slots_comes_back(parts: list[tuple[str, SlotKind]]) -> None:
    sentinels = Sentinels(parts)
    text = "".join(f"{t}{sentinels.mark(Slot(f'a{k}', None), k)}" for t, k in parts)
    expected = [piece for t, k in parts for piece in (t, Slot(f"a{k}", None, k)) if piece]
    assert list(sentinels.split(text)) == expected
