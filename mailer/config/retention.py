"""[retention]: how long what is known of people is kept; for ever, where nothing is said."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from mailer.config.values import Duration, Table

Span = Annotated[Duration, Field(ge=dt.timedelta(days=1))]


class Retention(Table):
    pending: Span | None = None  # subscriptions that nobody confirmed
    left: Span | None = None  # people who left every list
    copies: Span | None = None  # to whom the copies of a finished dispatch went
    origins: Span | None = None  # network addresses and programs in the consent log
