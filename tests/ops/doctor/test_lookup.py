"""Questions to DNS: no such record is an answer, no answer is a reason."""

from __future__ import annotations

import dns.resolver
import pytest
from nameserver import FAILS, Zone

from mailer.ops.doctor.lookup import Lookup, NoAnswer


def test_every_kind_of_record_is_read(zone: Zone) -> None:
    """Texts in one piece, mail hosts by preference, addresses of both kinds, names without dot."""
    zone.text("example.org", "a" * 600)
    zone.records |= {
        ("example.org", "MX"): ["20 b.example.org.", "10 a.example.org."],
        ("null.example.org", "MX"): ["0 ."],
        ("example.org", "A"): ["93.184.215.14"],
        ("example.org", "AAAA"): ["2606:2800:21f::1"],
        ("14.215.184.93.in-addr.arpa", "PTR"): ["Example.org."],
    }
    lookup = zone.lookup
    assert lookup.texts("example.org") == ["a" * 600]
    assert lookup.mail_hosts("example.org") == ["a.example.org", "b.example.org"]
    assert lookup.mail_hosts("null.example.org") == ["."]
    assert lookup.addresses("example.org") == ["93.184.215.14", "2606:2800:21f::1"]
    assert lookup.addresses("[::1]") == ["::1"]
    assert lookup.names("93.184.215.14") == ["example.org"]


def test_no_such_name_and_no_such_record_are_answers(zone: Zone) -> None:
    zone.records["example.org", "A"] = ["93.184.215.14"]
    assert zone.lookup.texts("example.org") == []
    assert zone.lookup.texts("example.net") == []


def test_a_question_without_an_answer_says_why(zone: Zone) -> None:
    """A server that fails, a name that cannot be, a machine without a resolver."""
    zone.records["example.org", "TXT"] = [FAILS]
    with pytest.raises(NoAnswer, match=r"^example\.org: cannot be looked up: .*SERVFAIL"):
        zone.lookup.texts("example.org")
    with pytest.raises(NoAnswer, match="cannot be looked up"):
        zone.lookup.texts("a" * 64 + ".org")
    nobody = dns.resolver.Resolver(configure=False)
    nobody.nameservers = []
    with pytest.raises(NoAnswer, match="no resolver"):
        Lookup(nobody).texts("example.org")
