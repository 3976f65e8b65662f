from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from mailer.message.stencil import (
    DATE,
    DELIVERY,
    MESSAGE_ID,
    RECIPIENT,
    ListHeader,
    Stencil,
    compile_stencil,
)
from mailer.model.edition import Edition
from mailer.model.slot import Slot, SlotKind

LIST = ListHeader("monthly.example.org", "Monthly", "7:monthly:issue:neurodigest")
UNSUBSCRIBE = "https://news.example.org/u/AQE_-token"


def make_edition(**changes: Any) -> Edition:
    fields: dict[str, Any] = {
        "issue_id": "2021-01",
        "title": "January",
        "number": 13,
        "date": dt.date(2021, 1, 31),
        "lang": "en",
        "theme": "digest",
        "sender": "Neurodigest <editor@example.org>",
        "reply_to": None,
        "subject": ("Neurodigest for January",),
        "html": ("<p>Hello ", Slot("first_name", "reader", SlotKind.HTML), "</p>\n"),
        "text": ("Hello ", Slot("first_name", "reader", SlotKind.TEXT), "\n"),
        "page": "",
        "pictures": (),
    }
    return Edition(**{**fields, **changes})


@pytest.fixture
def edition_with() -> Callable[..., Edition]:
    return make_edition


@pytest.fixture
def stencil_of() -> Callable[..., Stencil]:
    def compile_with(**changes: Any) -> Stencil:
        return compile_stencil(make_edition(**changes), LIST)

    return compile_with


@pytest.fixture
def values() -> dict[str, str]:
    return {
        DATE: "Sun, 31 Jan 2021 09:00:00 +0000",
        MESSAGE_ID: "1.2.abc@example.org",
        RECIPIENT: "ann@example.net",
        DELIVERY: "aeaaaaaaaeaaaaaaaaba",
        "unsubscribe_url": UNSUBSCRIBE,
        "first_name": "Ann",
    }
