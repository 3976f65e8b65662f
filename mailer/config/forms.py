"""[forms]: what the readers' pages ask for, and how much of it they take."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from pydantic import AfterValidator, Field

from mailer.config.values import Duration, Table

_RATE = re.compile(r"[1-9]\d{0,6}/(second|minute|hour|day)")
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def _rate(text: str) -> str:
    if not _RATE.fullmatch(text):
        raise ValueError(f"is no rate such as 20/hour: {text!r}")
    return text


def _attribute(text: str) -> str:
    if text and not _NAME.fullmatch(text):
        raise ValueError(f"cannot name an attribute: {text!r}")
    return text


Rate = Annotated[str, AfterValidator(_rate)]


class Forms(Table):
    """`lists` may be joined by anybody, by default all; `how_often` is said beside the sign-up;
    `name` is the attribute that people may give and change, none where it is empty; `least` is the
    time that a person takes to fill in a form. The rates count sign-ups, and links asked for."""

    lists: tuple[str, ...] | None = None
    how_often: str = Field(default="", max_length=200)
    name: Annotated[str, AfterValidator(_attribute)] = "first_name"
    least: Duration = dt.timedelta(seconds=2)
    per_ip: Rate = "20/hour"
    per_address: Rate = "5/day"
    per_domain: Rate = "300/hour"
    goodbye: bool = True  # a mail to whoever leaves on the page
