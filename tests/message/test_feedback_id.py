"""Feedback-ID in Google's form."""

from __future__ import annotations

import pytest

from mailer.message.feedback_id import feedback_id


@pytest.mark.parametrize(
    ("publication", "sender"),
    [
        ("neurodigest", "neurodigest"),
        ("ml", "ml-mailer"),
        ("the-fortnightly-review", "the-fortnightly"),
        ("machine-learns-x", "machine-learns"),
    ],
)
def test_the_sender_has_5_to_15_characters(publication: str, sender: str) -> None:
    """What Google asks of SenderId; the same for every issue."""
    assert feedback_id(7, "monthly", publication) == f"7:monthly:issue:{sender}"
