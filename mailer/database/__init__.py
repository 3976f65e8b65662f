"""One publication's database, SQLite or PostgreSQL."""

from __future__ import annotations

from mailer.database.database import Database, Pen

__all__ = ["Database", "Pen"]
