"""What the tables of mailer.toml are made of."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from mailer.model import characters
from mailer.model.mailbox import split_mailbox

_DURATION = re.compile(r"(\d{1,6})(s|m|h|d)")
_NAME_CHARACTERS = 100
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Table(BaseModel):
    """Unknown keys are faults; a spelling mistake is not passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _duration(value: object) -> object:
    if isinstance(value, dt.timedelta):
        return value
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"is not a length of time such as 90s, 15m, 48h or 2d: {value!r}")
    return dt.timedelta(**{_UNITS[found[2]]: int(found[1])})


Duration = Annotated[dt.timedelta, BeforeValidator(_duration)]


def printable(text: str) -> str:
    """What readers may get, of any number of lines."""
    if found := characters.FORBIDDEN.search(text):
        raise ValueError(f"{characters.fault(found[0])}: delete it")
    return text


def one_line(text: str) -> str:
    if any(c in printable(text) for c in "\t\n"):
        raise ValueError("is more than one line of text")
    return text


def mailbox(text: str) -> str:
    """An RFC 5322 §3.4 mailbox: `Name <local@domain>` or `local@domain`."""
    name, address = split_mailbox(one_line(text))
    if len(name) > _NAME_CHARACTERS:
        raise ValueError(f"has a name of over {_NAME_CHARACTERS} characters")
    try:
        checked = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValueError(f"is not an address: {text!r}: {error}") from error
    if checked.ascii_email is None:
        raise ValueError(f"needs letters of ASCII before the @: {text!r}")
    return f"{name} <{checked.ascii_email}>" if name else checked.ascii_email


def shaped(pattern: str, fault: str) -> AfterValidator:
    """Texts of this form; `fault` says what any other one is not."""
    form = re.compile(pattern)

    def check(text: str) -> str:
        if not form.fullmatch(text):
            raise ValueError(f"{fault}: {text!r}")
        return text

    return AfterValidator(check)


Text = Annotated[str, AfterValidator(printable)]
Mailbox = Annotated[str, AfterValidator(mailbox)]
