"""SPF as receivers read it."""

from __future__ import annotations

import pytest
from nameserver import Zone

from mailer.ops.doctor.spf import BadRecord, Evaluation, Result, record_of

OURS, OTHER, SIX = "93.184.215.14", "93.184.215.99", "2606:2800:21f::1"
PERMITTED, REFUSED, NEUTRAL, UNKNOWN = Result


def result(zone: Zone, record: str, address: str = OURS) -> Result:
    zone.text("example.org", record)
    found = record_of(zone.lookup, "example.org")
    assert found == record
    return Evaluation(zone.lookup, address).result("example.org", found)


@pytest.fixture
def world(zone: Zone) -> Zone:
    zone.records |= {
        ("example.org", "A"): [OURS],
        ("example.org", "AAAA"): [SIX],
        ("example.org", "MX"): ["10 mail.example.org."],
        ("mail.example.org", "A"): [OTHER],
        ("near.example.org", "A"): ["93.184.215.15"],
    }
    zone.text("_spf.example.net", f"v=spf1 ip4:{OURS} -all")
    zone.text("_open.example.net", "v=spf1 exists:%{i}.example.net -all")
    return zone


@pytest.mark.parametrize(
    ("record", "address", "expected"),
    [
        ("v=spf1 -all", OURS, REFUSED),
        ("v=spf1 ~all", OURS, REFUSED),
        ("v=spf1 ?all", OURS, NEUTRAL),
        ("v=spf1", OURS, NEUTRAL),
        ("v=spf1 +all", OURS, PERMITTED),
        ("v=spf1 ip4:93.184.215.14 -all", OURS, PERMITTED),
        ("v=spf1 ip4:93.184.215.0/24 -all", OTHER, PERMITTED),
        ("v=spf1 -ip4:93.184.215.14 +all", OURS, REFUSED),
        ("v=spf1 ip6:2606:2800:21f::/48 -all", SIX, PERMITTED),
        ("v=spf1 ip6:2606:2800:21f::/48 -all", OURS, REFUSED),
        ("v=spf1 a -all", OURS, PERMITTED),
        ("v=spf1 A -ALL", SIX, PERMITTED),
        ("v=spf1 a -all", OTHER, REFUSED),
        ("v=spf1 a:near.example.org/28 -all", OURS, PERMITTED),
        ("v=spf1 a/24//64 -all", OTHER, PERMITTED),
        ("v=spf1 mx -all", OTHER, PERMITTED),
        ("v=spf1 mx:example.org -all", OURS, REFUSED),
        ("v=spf1 include:_spf.example.net -all", OURS, PERMITTED),
        ("v=spf1 include:_spf.example.net -all", OTHER, REFUSED),
        ("v=spf1 redirect=_spf.example.net", OTHER, REFUSED),
        ("v=spf1 redirect=_spf.example.net a", OURS, PERMITTED),
        ("v=spf1 ip4:93.184.215.14 exp=why.example.org -all", OURS, PERMITTED),
        ("v=spf1 exp=why.example.org -all", OURS, REFUSED),
        ("v=spf1 exists:%{i}.example.net -all", OURS, UNKNOWN),
        ("v=spf1 include:_open.example.net -all", OURS, UNKNOWN),
        ("v=spf1 ptr -all", OURS, UNKNOWN),
    ],
)
def test_an_address_is_judged(world: Zone, record: str, address: str, expected: Result) -> None:
    """The first mechanism that matches decides (RFC 7208 §4.6.2)."""
    assert result(world, record, address) is expected


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("v=spf1 ip4:93.184.215 -all", "93.184.215"),
        ("v=spf1 include:nowhere.example.net -all", "has no SPF record"),
        ("v=spf1 includes:_spf.example.net -all", "knows no 'includes'"),
        ("v=spf1 !a -all", "cannot have '!a'"),
        ("v=spf1 include:loop.example.net -all", "more than 10 look-ups"),
        ("v=spf1 a/99 -all", "mend the record"),
    ],
)
def test_a_record_that_receivers_give_up_on(world: Zone, record: str, reason: str) -> None:
    """permerror (RFC 7208 §2.6.7): one line says why."""
    world.text("loop.example.net", "v=spf1 include:loop.example.net -all")
    with pytest.raises(BadRecord, match=reason):
        result(world, record)


def test_one_record_among_other_texts(zone: Zone) -> None:
    """Other TXT records are nobody's business; two of SPF make none (§4.5)."""
    zone.text("example.org", "site-verification=1", "v=spf10 -all", "v=spf1 -all")
    assert record_of(zone.lookup, "example.org") == "v=spf1 -all"
    assert record_of(zone.lookup, "example.net") is None
    zone.text("example.org", "v=spf1 a -all", "v=spf1 -all")
    with pytest.raises(BadRecord, match="2 SPF records"):
        record_of(zone.lookup, "example.org")
