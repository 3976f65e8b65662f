"""DMARC: the nearest policy, and what stands for the domain in From."""

from __future__ import annotations

import pytest
from nameserver import Zone

from mailer.ops.doctor.dmarc import BadPolicy, Policy, policy_of

POLICY = Policy("example.org", "none", strict_dkim=False, strict_spf=False)


def test_the_nearest_policy_on_the_way_up_counts(zone: Zone) -> None:
    """One of the organisation holds below it, with `sp=` where it has one."""
    assert policy_of(zone.lookup, "news.example.org") is None
    zone.text("_dmarc.example.org", "v=DMARC1; p=reject; sp=quarantine; adkim=s")
    found = policy_of(zone.lookup, "news.example.org")
    assert found == Policy("example.org", "quarantine", strict_dkim=True, strict_spf=False)
    zone.text("_dmarc.news.example.org", "something else", "v=DMARC1;p=none;aspf=s")
    found = policy_of(zone.lookup, "news.example.org")
    assert found == Policy("news.example.org", "none", strict_dkim=False, strict_spf=True)


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], "2 records"),
        (["v=DMARC1; p=maybe"], "p=maybe is no policy"),
        (["v=DMARC1"], "p= is no policy"),
    ],
)
def test_a_policy_that_receivers_pass_over(zone: Zone, texts: list[str], reason: str) -> None:
    zone.text("_dmarc.example.org", *texts)
    with pytest.raises(BadPolicy, match=reason):
        policy_of(zone.lookup, "example.org")


@pytest.mark.parametrize(
    ("sender", "other", "relaxed", "strict"),
    [
        ("example.org", "example.org", True, True),
        ("news.example.org", "example.org", True, False),
        ("example.org", "bounces.example.org", True, False),
        ("news.example.org", "bounces.example.org", True, False),
        ("news.example.org", "example.net", False, False),
        ("example.org", "notexample.org", False, False),
    ],
)
def test_what_stands_for_the_sender(sender: str, other: str, relaxed: bool, strict: bool) -> None:
    """The same domain, or one of the same organisation unless the policy is strict."""
    assert POLICY.fits(sender, other, strict=False) is relaxed
    assert POLICY.fits(sender, other, strict=True) is strict
