"""[rehearsal]: the provider that a rehearsal plays, where it is not like the relay's preset."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from mailer.config.values import Table

_Seconds = Annotated[float, Field(ge=0, le=3600)]
_Share = Annotated[float, Field(ge=0, le=1)]
_Count = Annotated[int, Field(ge=1, le=10**6)]


class Rehearsal(Table):
    """What is None is as `like` has it; see mailer/ops/provider/profile.py for what each means."""

    like: Literal["fast", "postfix", "ses", "postmark", "mailgun", "fastmail", "strict"] | None = (
        None
    )
    delay: _Seconds | None = None
    message: _Seconds | None = None
    connections: _Count | None = None
    per_connection: _Count | None = None
    per_second: Annotated[float, Field(gt=0, le=10**6)] | None = None
    greylisted: _Share | None = None
    greylisted_for: _Seconds | None = None
    busy: _Share | None = None
    unknown: _Share | None = None

    @property
    def changes(self) -> dict[str, Any]:
        """What is not as `like` has it."""
        return self.model_dump(exclude={"like"}, exclude_none=True)
