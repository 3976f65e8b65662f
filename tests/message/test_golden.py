"""A whole signed copy, to the octet. After a change that is meant, make the file anew with
REGENERATE_GOLDEN=1."""

from __future__ import annotations

import os
from pathlib import Path

import signing
from message.conftest import LIST, make_edition

from mailer.links import Keyring, Links
from mailer.message.stencil import compile_stencil
from mailer.model.slot import Slot, SlotKind
from mailer.sender.copies import CopyMaker

GOLDEN = Path(__file__).parent.parent / "golden" / "copy.eml"
BY = signing.signer(signing.ed25519_key())


def test_the_copy_is_the_golden_one() -> None:
    """Headers, return path, signature, and both parts: one as quoted-printable, one as base64."""
    edition = make_edition(
        sender="Neurodigest · the digest <editor@example.org>",
        reply_to="Čapek <c@example.org>",
        subject=(Slot("first_name", "Reader", SlotKind.HEADER), ", the month in brief"),
        text=("Привет, ", Slot("first_name", "читатель"), "!\n" + "Главное за месяц. " * 12 + "\n"),
    )
    maker = CopyMaker(
        dispatch_id=7,
        edition_id=1,
        stencil=compile_stencil(edition, LIST),
        list_title="Monthly",
        links=Links("https://news.example.org", Keyring(1, {1: b"k" * 32})),
        return_path="bounces+{token}@news.example.org",
        domain="news.example.org",
        clock=lambda: signing.NOON,
        signer=BY,
    )
    copy = maker.make(42, "zoe@bücher.example", bytes(range(16)), {"first_name": "Zoë"})
    if os.environ.get("REGENERATE_GOLDEN"):
        GOLDEN.write_bytes(copy.body)
    assert copy.body == GOLDEN.read_bytes()
    assert signing.verified(copy.body, BY) == [True]
    assert copy.recipient == "zoe@xn--bcher-kva.example"
    assert copy.sender == f"bounces+{copy.envid}@news.example.org"
    assert f"X-Delivery-Token: {copy.envid}\r\n".encode() in copy.body
