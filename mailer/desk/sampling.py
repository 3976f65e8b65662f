"""While a dispatch is being sent: a look at its counters every few seconds, for its rate."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from mailer.app import App
from mailer.errors import DatabaseError
from mailer.ledger import progress

_SECONDS = 5.0


@contextmanager
def sampled(app: App, dispatch_id: int) -> Iterator[None]:
    """While the block runs. A figure that cannot be written is left out."""
    ended = threading.Event()

    def look() -> None:
        while True:
            with suppress(DatabaseError), app.database.write() as c:
                progress.sample(c, dispatch_id)
            if ended.wait(_SECONDS):
                return

    thread = threading.Thread(target=look, name="sampling", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
