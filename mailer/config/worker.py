"""[worker]: how `mailer worker` gets its work."""

from __future__ import annotations

from typing import Literal

from mailer.config.values import Table


class Worker(Table):
    engine: Literal["inline", "procrastinate"] = "inline"
