"""Texts name people by address: a longer address that ends or begins alike is somebody else's."""

from __future__ import annotations

import pytest

from mailer.ledger.mentions import Mentions

ANN = Mentions({"Ann@example.org", "ann@bücher.example", "ann@xn--bcher-kva.example"})


@pytest.mark.parametrize(
    "text",
    [
        *("ann@example.org", "550 5.1.1 <ANN@Example.ORG> is unknown", "'ann@example.org'"),
        *(
            "rfc822;ann@example.org",
            "to=ann@example.org.",
            "550-ann@example.org: no",
            "_ann@example.org",
        ),
        *("=3Cann@example.org=3E", "%3cann@example.org%3e", r"two\nann@example.org"),
        r"\u003cann@example.org\u003e",
        *("joann@example.org, ann@example.org", "ann@example.org.550 no", "gone...ann@example.org"),
        *("x@example.org@ann@example.org", "ann@example.org_", "用户ann@example.org不存在"),
        *("ann@Bücher.example", "<ann@XN--bcher-kva.example>"),
    ],
)
def test_an_address_is_found_whatever_stands_beside_it(text: str) -> None:
    at = ANN.first(text)
    assert at is not None
    assert text[at:].lower().startswith("ann@")


@pytest.mark.parametrize(
    "text",
    [
        *("joann@example.org", "jo.ann@example.org", "jo-ann@example.org", "jo+ann@example.org"),
        *("jo_ann@example.org", "7ann@example.org", "ann@example.org.uk", "ann@example.organic"),
        *("ann@news.example.org", "ann at example.org", "ann@", "", "<1234.ann@mail.example.com>"),
    ],
)
def test_somebody_elses_is_not(text: str) -> None:
    assert ANN.first(text) is None


def test_the_first_of_several_is_found() -> None:
    """Whichever domain it has."""
    both = Mentions({"ann@example.org", "ben@example.net"})
    assert both.first("to ben@example.net and ann@example.org") == len("to ")
