"""The clerk does what an answer must not wait for: whoever knows how long a sign-up took would know
whether the address was on a list. Mails are mailed here, too."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from mailer.database import Database
from mailer.errors import MailerError
from mailer.ledger import notices
from subscribers.errors import SubscribersError

Job = Callable[[sa.Connection], None]
_PAUSE = 0.25  # seconds between two looks, so that no answer's time tells what the last one left
_LOOK = 10.0  # seconds between two looks at what is to be mailed once more
_MOST = 10_000  # jobs that wait


class Clerk:
    """`mail` mails what is due; `tell` gets a line for each trouble."""

    def __init__(
        self, database: Database, mail: Callable[[], object], tell: Callable[[str], None]
    ) -> None:
        self._database = database
        self._mail = mail
        self._tell = tell
        self._jobs: queue.Queue[Job] = queue.Queue(_MOST)
        self._mailing = threading.Event()

    def later(self, job: Job) -> bool:
        """Have it done in a transaction of its own; False where too many wait already."""
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            return False
        return True

    def mail_soon(self) -> None:
        """A notice was ordered."""
        self._mailing.set()

    def work_off(self) -> None:
        """Do what waits, and mail what is due."""
        while not self._jobs.empty():
            self._do(self._jobs.get())
            self._mailing.set()
        if self._mailing.is_set():
            self._mailing.clear()
            self._try(self._mail)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """In a thread of its own while the block runs; what waits at its end is done first."""
        over = threading.Event()
        thread = threading.Thread(target=self._run, args=(over,), name="clerk")
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _run(self, over: threading.Event) -> None:
        looks = 0
        while not over.wait(_PAUSE):
            looks += 1
            if looks % int(_LOOK / _PAUSE) == 1:
                self._try(self._look)
            self.work_off()
        self.work_off()

    def _look(self) -> None:
        with self._database.read() as c:
            if notices.is_due(c):
                self._mailing.set()

    def _do(self, job: Job) -> None:
        def written() -> None:
            with self._database.write() as c:
                job(c)

        self._try(written)

    def _try(self, work: Callable[[], object]) -> None:
        """One job's trouble must not keep the next from being done."""
        try:
            work()
        except (MailerError, SubscribersError) as error:
            self._tell(f"readers' pages: {error}")
        except Exception as error:
            self._tell(f"readers' pages: a fault of the program: {type(error).__name__}: {error}")
