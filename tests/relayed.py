"""A publication with relays of a test's choice."""

from __future__ import annotations

from pathlib import Path

import newsroom

from mailer import config
from mailer.app import App


def app_with(folder: Path, tables: str, readers: int = 0) -> App:
    """Berlin's, with January's issue. These tables stand in the place of its [smtp]; it has so many
    readers, reader0 to …"""
    made = newsroom.make(folder)
    made.add(readers)
    made.app.database.close()
    file = folder / "mailer.toml"
    text = file.read_text(encoding="utf-8").replace('"UTC"', '"Europe/Berlin"')
    before, _, rest = text.partition("[smtp]\n")
    after = rest.partition("[database]\n")[2]
    file.write_text(f"{before}{tables}\n[database]\n{after}", encoding="utf-8")
    file.chmod(0o600)  # there may be a password in the tables
    return App(config.load(folder, {}))
