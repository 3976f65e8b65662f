"""A small publication whose relay takes its time, so that something can be done to a send."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import newsroom
from warm import Warm

from mailer.ops.catcher import Catcher
from subscribers.importing.importer import import_file
from subscribers.importing.reading import Wishes

READERS = 60
EDITOR = "ed@example.org"
JANUARY = "issues/2021-01.md"


def issue(issue_id: str, title: str) -> str:
    """The file of a short one."""
    return f"""---
id: {issue_id}
title: "{title}"
date: 2021-01-31
---
A word of winter.

## An item
Availability: [project page](https://example.org/a)

A paragraph.

---
Bye.
"""


ISSUE = issue("2021-01", "January")


class Slow(Catcher):
    """Takes a tenth of a second for each message, so that there is time to do something to a
    send. Who is on `greylist` is asked, once, to come again later."""

    def __init__(self) -> None:
        super().__init__()
        self.greylist: set[str] = set()

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if address in self.greylist:
            self.greylist.discard(address)
            return "451 4.7.1 Come again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await asyncio.sleep(0.1)
        return await super().handle_DATA(server, session, envelope)

    @property
    def addresses(self) -> list[str]:
        return [address for message in self.messages for address in message.recipients]

    @property
    def readers(self) -> list[str]:
        """Without the editor, who gets a letter at the end."""
        return [address for address in self.addresses if address != EDITOR]


def publication(folder: Path, relay_url: str, readers: int = READERS, connections: int = 2) -> Warm:
    """A small publication with its readers and its relay."""
    program = Warm(folder / "news")
    app = newsroom.make(program.folder).app
    program.configure('"1 Example Street"', f'"1 Example Street"\neditor = "{EDITOR}"')
    program.configure("folder:copies", relay_url)
    program.configure("connections = 10", f"connections = {connections}")
    (program.folder / JANUARY).write_text(ISSUE, encoding="utf-8")
    rows = "".join(f"reader{number:02}@example.org\n" for number in range(readers))
    file = folder / "readers.csv"
    file.write_text(f"email\n{rows}", encoding="utf-8")
    import_file(app.store, file, "monthly", Wishes(confirmed="a form"), app.now())
    app.database.close()
    return program
