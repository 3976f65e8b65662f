"""A stencil for each variant of an edition."""

from __future__ import annotations

import email
from email.policy import default as modern
from typing import Any

import publication

from mailer.message.stencil import (
    DATE,
    DELIVERY,
    MESSAGE_ID,
    RECIPIENT,
    ListHeader,
    compile_stencil,
)
from mailer.message.variants import Variants
from mailer.model.audience import MOST, closing, opening
from mailer.model.edition import Edition
from mailer.model.slot import UNSUBSCRIBE_URL

HEADER = ListHeader("monthly.example.org", "Monthly", "1:monthly:issue:x")
VALUES = {
    DATE: "Sun, 31 Jan 2021 12:00:00 +0000",
    MESSAGE_ID: "1@example.org",
    RECIPIENT: "ann@example.org",
    DELIVERY: "d",
    UNSUBSCRIBE_URL: "https://example.org/u",
}


def fenced(segment: str, text: str) -> tuple[object, ...]:
    return (opening(segment), text, closing(segment))


def edition(**changes: Any) -> Edition:
    html = ("<p>All</p>\n", *fenced("a", "<p>For a</p>\n"), *fenced("b", "<p>For b</p>\n"))
    text = ("All\n", *fenced("b", "For b\n"), *fenced("a", "For a\n"))
    return publication.edition(**{"html": html, "text": text, **changes})


def shown(variants: Variants, number: int) -> tuple[str, str]:
    message = email.message_from_bytes(variants.stencil(number).personalise(VALUES), policy=modern)
    parts = (message.get_body((subtype,)) for subtype in ("plain", "html"))
    plain, html = (str(part.get_content()) if part is not None else "" for part in parts)
    return plain.replace("\r\n", "\n"), html.replace("\r\n", "\n")


def test_a_bit_is_an_audience_in_the_order_of_the_first_block() -> None:
    variants = Variants(edition(), HEADER, ())
    assert shown(variants, 0) == ("All\n", "<p>All</p>\n")
    assert shown(variants, 0b01) == ("All\nFor a\n", "<p>All</p>\n<p>For a</p>\n")
    assert shown(variants, 0b10) == ("All\nFor b\n", "<p>All</p>\n<p>For b</p>\n")
    assert shown(variants, 0b11)[0] == "All\nFor b\nFor a\n"


def test_above_the_bits_is_the_place_of_a_language() -> None:
    """Its blocks have the bits of the whole edition."""
    german = edition(lang="de", html=("<p>Hallo</p>\n",), text=("Hallo\n", *fenced("b", "Für b\n")))
    variants = Variants(edition(translations=(german,)), HEADER, ())
    assert shown(variants, 0)[0] == "All\n"
    assert shown(variants, 1 << MOST)[0] == "Hallo\n"
    assert shown(variants, 1 << MOST | 0b11) == ("Hallo\nFür b\n", "<p>Hallo</p>\n")


def test_a_stencil_is_compiled_once() -> None:
    variants = Variants(edition(), HEADER, ())
    assert variants.stencil(1) is variants.stencil(1)


def test_an_edition_without_variants_has_the_stencil_that_it_always_had() -> None:
    """To the byte, its boundary too."""
    plain = publication.edition()
    assert Variants(plain, HEADER, ()).stencil(0) == compile_stencil(plain, HEADER)
