"""A relay's URL and name."""

from __future__ import annotations

import pytest

from mailer.sender.relay import Relay, relay_from_url


@pytest.mark.parametrize(
    ("url", "name", "user"),
    [
        ("smtp://localhost", "smtp://localhost:25", ""),
        ("smtp://localhost:1025", "smtp://localhost:1025", ""),
        ("smtp+starttls://me@relay.test", "smtp+starttls://relay.test:587", "me"),
        ("smtps://me%40example.org@relay.test", "smtps://relay.test:465", "me@example.org"),
        ("smtp://[::1]:2525", "smtp://[::1]:2525", ""),
    ],
)
def test_a_url_names_a_relay(url: str, name: str, user: str) -> None:
    """Each scheme has its port; the name shows no login."""
    relay = relay_from_url(url, hello="mailer.test", password="geheim")
    assert (relay.name, relay.user) == (name, user)
    assert "geheim" not in repr(relay)


@pytest.mark.parametrize(("timeout", "patience"), [(2, 20), (60, 600), (300, 600), (900, 900)])
def test_the_answer_to_a_message_may_take_longer(timeout: float, patience: float) -> None:
    """Ten times as long as any other, up to the ten minutes of RFC 5321 §4.5.3.2.6."""
    relay = Relay("smtp", "localhost", 25, "mailer.test", timeout=timeout)
    assert relay.patience == patience
