from __future__ import annotations

import pytest

from subscribers.importing.hints import meant


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("gmial.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("yaho.com", "yahoo.com"),
        ("t-onlin.de", "t-online.de"),
        ("example.cmo", "example.com"),
        ("mail.example.con", "mail.example.com"),
    ],
)
def test_a_slip_of_the_fingers_is_seen(written: str, known: str) -> None:
    assert meant(written) == known


@pytest.mark.parametrize(
    "domain",
    ["gmail.com", "ymail.com", "mail.com", "gmx.de", "web.de", "example.org", "hotmail.it", "x.co"],
)
def test_a_domain_that_is_right_or_far_from_any_is_left_alone(domain: str) -> None:
    assert meant(domain) == ""
