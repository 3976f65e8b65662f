"""`python -m mailer`."""

from __future__ import annotations

from mailer.cli.main import run

run()
