"""What we sign others verify, and nothing else."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
import signing
from dkim.canonicalization import Relaxed, Simple
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailer.message.stencil import Stencil
from mailer.model.slot import Slot, SlotKind

StencilOf = Callable[..., Stencil]
BOTH = signing.signer()
SMALL = signing.signer(signing.ed25519_key())
ONCE = [
    *("Date", "From", "Reply-To", "To", "Message-ID", "Subject", "MIME-Version", "Content-Type"),
]
SIGNED = [
    *("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID"),
    *("X-Auto-Response-Suppress", "X-Delivery-Token", *ONCE),
]


@pytest.fixture
def copy(stencil_of: StencilOf, values: dict[str, str]) -> bytes:
    subject = ("Čísla a písmena: ", Slot("first_name", "you", SlotKind.HEADER), " " * 3, "b" * 90)
    return stencil_of(reply_to="Ed <ed@example.org>", subject=subject).personalise(values)


def test_both_signatures_are_verified(copy: bytes) -> None:
    """RSA (RFC 6376) and Ed25519 (RFC 8463), by dkimpy."""
    assert signing.verified(BOTH.sign(copy) + copy, BOTH) == [True, True]


def test_a_signature_says_what_it_must(copy: bytes) -> None:
    """Every field is in h=, the unique ones twice; the time is that of signing; no l=."""
    field = SMALL.sign(copy).decode()
    assert field.startswith("DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n")
    assert all(len(line) <= 76 for line in field.split("\r\n"))
    tags = dict(re.findall(r"(\w+)=([^;]*)", re.sub(r"\s+", "", field.partition(":")[2])))
    assert sorted(tags["h"].split(":")) == sorted(map(str.lower, SIGNED + ONCE))
    assert tags["t"] == str(int(signing.NOON.timestamp()))
    assert (tags["d"], tags["s"]) == ("example.org", "2021-ed25519")
    assert "l" not in tags


@pytest.mark.parametrize("name", SIGNED)
def test_any_changed_field_breaks_every_signature(copy: bytes, name: str) -> None:
    """Another last letter of its value, or the field gone, or another of that name below it."""
    signature = BOTH.sign(copy)
    field = signing.field_of(copy, name)
    for other in (signing.changed(field), b"", field + signing.changed(field)):
        spoilt = copy.replace(field, other, 1)
        assert spoilt != copy
        assert signing.verified(signature + spoilt, BOTH) == [False, False]


@pytest.mark.parametrize("name", ONCE)
def test_nobody_can_add_another(copy: bytes, name: str) -> None:
    """Above ours, where mail clients would show it: what a message has once is signed once more
    than it is there."""
    added = f"{name}: else@example.net\r\n".encode()
    assert signing.verified(added + BOTH.sign(copy) + copy, BOTH) == [False, False]


@pytest.mark.parametrize("change", [lambda body: body + b"more\r\n", lambda body: body[:-20]])
def test_a_changed_body_breaks_every_signature(
    copy: bytes, change: Callable[[bytes], bytes]
) -> None:
    assert signing.verified(BOTH.sign(copy) + change(copy), BOTH) == [False, False]


def test_white_space_may_change_on_the_way(copy: bytes) -> None:
    """Relaxed: fields folded anew, names in capitals, trace fields on top."""
    head, blank, body = (BOTH.sign(copy) + copy).partition(b"\r\n\r\n")
    head = head.replace(b"\r\n ", b"  \r\n\t ").replace(b"Subject:", b"SUBJECT:  ")
    head = b"Received: from a by b; Sun, 31 Jan 2021 09:00:00 +0000\r\n" + head
    assert signing.verified(head + blank + body + b"\r\n\r\n", BOTH) == [True, True]


def test_white_space_in_a_field_is_signed_as_one_space() -> None:
    """However much of it there is (RFC 6376 §3.4.2)."""
    copy = b"From: a@example.org\r\nX-Note:  one \t two\r\n   three\r\n\r\nHello\r\n"
    signature = BOTH.sign(copy)
    assert signing.verified(signature + copy, BOTH) == [True, True]
    single = copy.replace(b"  one \t two\r\n   three", b" one two three")
    assert signing.verified(signature + single, BOTH) == [True, True]


def test_fields_of_one_name_are_all_signed() -> None:
    """From the lowest up, as verifiers take them (RFC 6376 §5.4.2)."""
    copy = b"From: a@example.org\r\nX-Note: one\r\nX-Note: two\r\n\r\nHello\r\n"
    signature = BOTH.sign(copy)
    assert signing.verified(signature + copy, BOTH) == [True, True]
    for spoilt in (copy.replace(b"one", b"1"), copy.replace(b"two", b"2")):
        assert signing.verified(signature + spoilt, BOTH) == [False, False]


def test_the_time_of_signing_is_that_of_the_clock() -> None:
    later = signing.Signer(
        "example.org", SMALL.keys, lambda: signing.NOON + dt.timedelta(seconds=90)
    )
    copy = b"From: a@example.org\r\n\r\nHello\r\n"
    assert SMALL.sign(copy) == SMALL.sign(copy)
    assert later.sign(copy) != SMALL.sign(copy)


value = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(" \t.\n"), max_size=200)
BLANK = st.text(" \t\nx", max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(name=value, city=value, text=BLANK, html=BLANK)
def test_every_copy_is_its_own_canonical_form(
    stencil_of: StencilOf, values: dict[str, str], name: str, city: str, text: str, html: str
) -> None:
    """So the body is hashed as it stands: dkimpy's canonicalisations change nothing in it, whatever
    white space texts and values hold; and what is signed is verified."""
    slots = (Slot("first_name", "reader"), text, Slot("city", "-"))
    stencil = stencil_of(
        text=(text, *slots, "\n"),
        html=(html, *slots, "Нейродайджест " * len(html), Slot("city", "-"), text),
        subject=("About ", Slot("city", "it", SlotKind.HEADER), html),
    )
    copy = stencil.personalise({**values, "first_name": name, "city": city})
    _, _, body = copy.partition(b"\r\n\r\n")
    assert Relaxed.canonicalize_body(body) == body
    assert Simple.canonicalize_body(body) == body
    assert signing.verified(SMALL.sign(copy) + copy, SMALL) == [True]
