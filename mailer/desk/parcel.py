"""What a person gets who asks what we hold of them: a ZIP file, to be read and to be processed."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Iterator
from typing import IO

from mailer.app import App
from mailer.desk import copies, holdings, story
from mailer.desk.holdings import Holdings
from mailer.ledger import editions
from mailer.model.delivery import State

_READ, _PROCESSED, _ISSUES = "about-you.txt", "about-you.json", "issues"


def pack(app: App, held: Holdings, target: IO[bytes]) -> None:
    """All that we hold, in words and as JSON (GDPR, articles 15 and 20), and the issues that they
    were sent, as those would look today: with what is known now, and with links that do nothing."""
    told = "\n".join(story.lines(held, app.timezone)) + "\n"
    document = json.dumps(holdings.document(held), ensure_ascii=False, indent=1, default=_plain)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(_READ, told)
        packed.writestr(_PROCESSED, document)
        for name, content in _issues(app, held):
            packed.writestr(f"{_ISSUES}/{name}", content)


def _issues(app: App, held: Holdings) -> Iterator[tuple[str, str]]:
    """Each once, even if it was sent again."""
    sent = {copy.edition_id: copy for copy in held.copies if copy.state is State.SENT}
    for edition_id, copy in sent.items():
        with app.database.read() as c:
            edition = editions.load(c, edition_id)
            pictures = editions.carried(c, edition)
        seen = copies.copy_for(app, edition, pictures, held.person)
        name = f"{copy.issue_id}-{edition_id}"
        yield f"{name}.html", seen.html
        yield f"{name}.txt", seen.text


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)
