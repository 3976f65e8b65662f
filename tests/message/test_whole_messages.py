"""Messages of every kind: whatever an editor writes and a subscriber is called, the wire carries it
and a reader's program gets it back."""

from __future__ import annotations

import email
import email.header
import email.policy
import email.utils
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from message.conftest import UNSUBSCRIBE, make_edition

from mailer.message.stencil import (
    DATE,
    DELIVERY,
    MESSAGE_ID,
    RECIPIENT,
    ListHeader,
    compile_stencil,
)
from mailer.model.slot import Slot, SlotKind, Slotted

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")  # runs of them leave as one space
OURS = {
    DATE: "Sun, 31 Jan 2021 09:00:00 +0000",
    MESSAGE_ID: "1.2.abc@example.org",
    RECIPIENT: "ann@example.net",
    DELIVERY: "aeaaaaaaaeaaaaaaaaba",
    "unsubscribe_url": UNSUBSCRIBE,
}
NAMES = ("first_name", "city", "employer")

anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)
value = st.one_of(
    anything,
    anything.map(".{}".format),
    anything.map("From {}".format),
    st.sampled_from([".", "..", ".NET", "x" * 3000, "Зоя" * 400, ". " * 90, "a\r\n.\r\nb", "=?"]),
)
printed = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=80
) | st.sampled_from(["=?utf-8?q?=41?=", "long " * 60])
written = st.one_of(
    st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=200),
    st.lists(st.sampled_from([".", "\n", ".\n", " ", "From ", "=", "x" * 80, "Я" * 40])).map(
        "".join
    ),
)


def slotted(segment: st.SearchStrategy[str], *kinds: SlotKind) -> st.SearchStrategy[Slotted]:
    slot = st.builds(Slot, st.sampled_from(NAMES), value.filter(bool), st.sampled_from(kinds))
    return st.lists(segment | slot, max_size=8).map(tuple)


@dataclass(frozen=True)
class Written:
    """What an editor wrote, and what is known of a subscriber."""

    sender: str
    title: str
    subject: Slotted
    text: Slotted
    html: Slotted
    values: Mapping[str, str]

    def message(self) -> bytes:
        edition = make_edition(
            sender=f"{self.sender} <editor@example.org>",
            subject=self.subject,
            text=(*self.text, "\n"),
            html=(*self.html, "\n"),
        )
        header = ListHeader("monthly.example.org", self.title, "7:monthly:issue:neurodigest")
        return compile_stencil(edition, header).personalise({**OURS, **self.values})

    def read(self, text: Slotted) -> str:
        """As a reader should see it."""
        return "".join(p if isinstance(p, str) else self._filled(p) for p in text)

    def _filled(self, slot: Slot) -> str:
        known = _CONTROLS.sub(" ", self.values.get(slot.name, ""))
        said = known if known.strip() else _CONTROLS.sub(" ", slot.default or "")
        if slot.kind is SlotKind.URL:
            return quote(said, safe="")
        return html.escape(said) if slot.kind is SlotKind.HTML else said


messages = st.builds(
    Written,
    sender=st.text(
        st.characters(exclude_characters='"<>', exclude_categories=["Cs", "Cc", "Zl", "Zp"])
    ),
    title=printed,
    subject=slotted(printed, SlotKind.HEADER),
    text=slotted(written, SlotKind.TEXT),
    html=slotted(written, SlotKind.HTML, SlotKind.URL),
    values=st.dictionaries(st.sampled_from(NAMES), value),
)


def hold(made: Written) -> None:
    copy = made.message()
    lines = copy.split(b"\r\n")
    assert copy.isascii()
    assert not any(octet < 32 or octet == 127 for line in lines for octet in line)
    assert all(len(line) < 998 and not line.startswith((b".", b"From ")) for line in lines)
    head = lines[: lines.index(b"")]
    ours = [at for at, line in enumerate(head) if line.startswith(b"List-")]
    assert len(ours) == 3
    assert not any(b"=?" in head[at] or head[at + 1].startswith(b" ") for at in ours)
    assert f"List-Unsubscribe: <{UNSUBSCRIBE}>".encode() in head
    read_back(made, copy)


def read_back(made: Written, copy: bytes) -> None:
    """By the standard library's parser."""
    message = email.message_from_bytes(copy, policy=email.policy.compat32)
    name, address = email.utils.parseaddr(unfolded(message["From"]))
    assert (decoded(name), address) == (made.sender.strip(), "editor@example.org")
    assert decoded(message["Subject"]) == made.read(made.subject).strip()
    parts = [part.get_payload(decode=True) for part in message.get_payload()]
    expected = [made.read((*text, "\n")) for text in (made.text, made.html)]
    assert parts == [text.replace("\n", "\r\n").encode() for text in expected]


def unfolded(field: str) -> str:
    return field.replace("\r\n", "").replace("\n", "")


def decoded(field: str) -> str:
    return str(email.header.make_header(email.header.decode_header(unfolded(field))))


@settings(max_examples=60)
@given(messages)
def test_a_message_arrives_as_it_was_meant(made: Written) -> None:
    """No line of 998 octets, with a leading dot or a control character, a bare CR or LF among them;
    List-* fields as they stand; sender, subject, text and HTML decode to what was written."""
    hold(made)


@pytest.mark.soak
@settings(max_examples=10_000)
@given(messages)
def test_ten_thousand_messages_arrive_as_they_were_meant(made: Written) -> None:
    hold(made)
