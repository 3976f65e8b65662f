"""Parameters that count clicks."""

from __future__ import annotations

import pytest
from checked import findings
from hypothesis import given
from hypothesis import strategies as st

from mailer.composer.checking.tracking import parameters, without


@pytest.mark.parametrize(
    ("address", "names", "clean"),
    [
        (
            "https://e.org/?utm_source=x&utm_medium=y",
            ["utm_source", "utm_medium"],
            "https://e.org/",
        ),
        ("https://e.org/a?id=1&fbclid=x#b", ["fbclid"], "https://e.org/a?id=1#b"),
        ("https://e.org/?UTM_Source=x&q=a%20b", ["UTM_Source"], "https://e.org/?q=a%20b"),
        ("https://e.org/?gclid", ["gclid"], "https://e.org/"),
        ("https://youtu.be/x?si=y&t=1", ["si"], "https://youtu.be/x?t=1"),
        ("https://e.org/?si=y", [], "https://e.org/?si=y"),
        ("https://notyoutu.be/?si=y", [], "https://notyoutu.be/?si=y"),
        ("https://e.org/?q=utm_source", [], "https://e.org/?q=utm_source"),
        ("https://e.org/utm_source=x", [], "https://e.org/utm_source=x"),
        ("mailto:a@e.org?utm_source=x", [], "mailto:a@e.org?utm_source=x"),
        ("https://[", [], "https://["),
    ],
)
def test_they_are_named_and_taken_out(address: str, names: list[str], clean: str) -> None:
    """The rest of the address stays as it was written."""
    assert parameters(address) == names
    assert without(address) == clean


@given(st.text(alphabet="abc=&?#/%utm_", max_size=40))
def test_a_clean_address_has_none(rest: str) -> None:
    clean = without(f"https://example.org/{rest}")
    assert parameters(clean) == []
    assert without(clean) == clean


def test_a_link_with_one_is_a_warning_with_the_clean_address() -> None:
    """Around a slot, too."""
    (finding,) = findings("## I\n[x](https://e.org/?utm_source=a&who={{ email }})")
    assert (finding.rule, finding.where.line) == ("link-tracking", 5)
    assert finding.mend == "write https://e.org/?who={{ email }}"
