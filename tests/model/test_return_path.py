"""A copy's return path carries its token there and back."""

from __future__ import annotations

import pytest

from mailer.model.return_path import filled, token_in, with_place

TOKEN = "abcdefghijklmnopqrstuvwxyz234567"


@pytest.mark.parametrize(
    ("written", "template"),
    [
        ("bounces@example.org", "bounces+{token}@example.org"),
        ("b-{token}@example.org", "b-{token}@example.org"),
        ("{token}@bounces.example.org", "{token}@bounces.example.org"),
    ],
)
def test_there_and_back(written: str, template: str) -> None:
    """After a `+` unless it has a place of its own; in capitals too."""
    assert with_place(written) == template
    address = filled(template, TOKEN)
    assert TOKEN in address
    for seen in (address, address.upper()):
        assert token_in(template, seen) == TOKEN


@pytest.mark.parametrize(
    "address",
    [
        "bounces@example.org",
        f"bounces+{TOKEN}@example.net",
        f"bounces+{TOKEN[1:]}@example.org",
        f"bouncer+{TOKEN}@example.org",
        f"bounces+{TOKEN}@example.org\n",
    ],
)
def test_another_address_has_no_token(address: str) -> None:
    assert token_in("bounces+{token}@example.org", address) is None


def test_without_a_place_all_copies_share_it() -> None:
    assert filled("editor@example.org", TOKEN) == "editor@example.org"
