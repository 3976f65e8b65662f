"""[counting]: whether it is counted that links are followed, and that mails are opened."""

from __future__ import annotations

from mailer.config.values import Table


class Counting(Table):
    """Both are off by default. What is counted says nothing of who it was."""

    clicks: bool = False
    opens: bool = False
