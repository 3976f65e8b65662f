"""Mailboxes are taken apart as people write them; domains become A-labels."""

from __future__ import annotations

import pytest

from mailer.model.mailbox import split_mailbox, wire_address


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("ann@example.org", ("", "ann@example.org")),
        (" Ann Lee <ann@example.org> ", ("Ann Lee", "ann@example.org")),
        ('"Lee, Ann" <ann@example.org>', ("Lee, Ann", "ann@example.org")),
        ("<ann@example.org>", ("", "ann@example.org")),
    ],
)
def test_a_mailbox_is_a_name_and_an_address(text: str, parts: tuple[str, str]) -> None:
    """Quoted or not, with a name or without."""
    assert split_mailbox(text) == parts


def test_a_domain_becomes_a_labels_and_the_local_part_stays() -> None:
    """RFC 5890; a local part outside ASCII is for SMTPUTF8 (RFC 6531)."""
    assert wire_address("Ann@b\u00fccher.example") == "Ann@xn--bcher-kva.example"
    assert wire_address("s\u00f8ren@example.org") == "s\u00f8ren@example.org"


def test_a_domain_that_has_no_a_label_is_refused() -> None:
    """Whoever asked turns it into a line for the user."""
    with pytest.raises(ValueError, match="not allowed"):
        wire_address("ann@\u2603" + "\u00fc" * 70 + ".example")
