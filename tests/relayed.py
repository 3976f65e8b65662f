"""The example publication with relays of a test's choice."""

from __future__ import annotations

from pathlib import Path

from mailer import config
from mailer.app import App
from mailer.desk import setup
from subscribers.model import Consent, SubscriptionStatus


def app_with(folder: Path, tables: str, readers: int = 0) -> App:
    """These tables stand in the place of its [smtp]; it has so many readers, reader0 to …"""
    setup.init(folder, example=True)
    file = folder / "mailer.toml"
    before, _, rest = file.read_text(encoding="utf-8").partition("[smtp]\n")
    after = rest.partition("[database]\n")[2]
    file.write_text(f"{before}{tables}\n[database]\n{after}", encoding="utf-8")
    file.chmod(0o600)  # there may be a password in the tables
    app = App(config.load(folder, {}))
    consent, confirmed = Consent("a form", "yes"), SubscriptionStatus.CONFIRMED
    for number in range(readers):
        email = f"reader{number}@example.org"
        app.store.add(email, "monthly", {}, consent, confirmed, app.now())
    return app
