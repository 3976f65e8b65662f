"""What the tables of mailer.toml are made of."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

_DURATION = re.compile(r"(\d{1,6})(s|m|h|d)")
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
