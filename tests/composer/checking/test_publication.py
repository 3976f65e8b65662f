"""What an issue must show of its publication."""

from __future__ import annotations

import dataclasses

from checked import FINE, findings


def test_no_postal_address_is_an_error() -> None:
    """It names the key to mend."""
    (finding,) = findings("## I\nText", dataclasses.replace(FINE, has_address=False))
    assert (finding.severity, finding.rule) == ("error", "postal-address")
    assert "[publication]" in finding.mend
    assert str(finding.where) == "mailer.toml"
