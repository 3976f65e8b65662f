"""The worker of one machine: it begins what was scheduled, sends what was handed to it, tries
deferred copies again when they are due, mails notices, tidies up behind senders that died, takes in
what comes back, and tells the editor.

Everything that it knows is in the ledger, so it can be stopped and started at any time, and two
share the work.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial

from mailer.app import App
from mailer.desk import (
    collecting,
    handing_on,
    inbox_mail,
    letters,
    refusals,
    returns,
    scheduling,
    sending,
)
from mailer.desk.errand import Errand, Rest
from mailer.desk.postroom import Postroom
from mailer.desk.returns import Post, Via
from mailer.engine.engine import Feed
from mailer.errors import DatabaseError, MailerError
from mailer.feedback.sources.listener import Listener
from mailer.ledger import agenda, control, rests, workers
from mailer.ledger.agenda import Agenda
from mailer.ledger.liveness import Liveness
from mailer.ledger.record import Result
from mailer.ledger.schedule import Due
from mailer.log import Log
from mailer.sender.run import Stop, rarely_collected

_LOOK = 1.0  # seconds between two looks at the ledger
_BEAT = 20.0  # seconds between two signs of life; the ledger takes a minute for gone
_TIDY = 10.0
_LETTERS, _NOTICES, _REPLIES, _BOUNCES = "letters", "notices", "replies", "bounces"
_FETCH = 300.0  # seconds between two looks into the mailbox of bounces


class Worker:
    """`opened` gives the publication as its files say now: every errand reads them anew, so that
    what an editor mends counts from the next one on."""

    def __init__(self, opened: Callable[[], App], log: Log) -> None:
        app = opened()
        self._name = app.worker_name()
        self._app = dataclasses.replace(app, actor=f"worker {self._name}")
        self._opened = opened
        self._log = log
        self._own = log.about(worker=self._name)
        self._trouble = ""  # of the database
        self._stopping = threading.Event()
        self._stops = 0
        self._errands: dict[str, Errand] = {}
        self._fetch_due = _Every(_FETCH)
        self._rests: defaultdict[str, Rest] = defaultdict(Rest)
        self._drained: Collection[str] = ()  # relays, as of the last look

    def stop(self) -> None:
        """Begin nothing more; copies on the wire end as they end, the second time they are cut.
        For signal handlers: it only leaves word."""
        self._stops += 1
        self._stopping.set()

    def require_health(self) -> None:
        """For another thread to ask. Raises DatabaseError, and MailerError where it gave no sign of
        life for a minute."""
        with self._app.database.read() as c:
            if not workers.seen_lately(c, self._name):
                raise MailerError(f"worker {self._name}: no sign of life for a minute")

    def work(self) -> None:
        """Until it is stopped."""
        self._own("at work")
        with (
            rarely_collected(),
            closing(self._app.liveness()) as liveness,
            closing(self._app.engine.feed(self._own)) as feed,
            self._listening(),
        ):
            beat, tidy = _Every(_BEAT), _Every(_TIDY)
            while not self._stopping.is_set():
                self._try(partial(self._round, liveness, feed, beat, tidy))
                self._stopping.wait(_LOOK)
            self._end_errands()
            self._try(self._leave)
        self._app.database.close()
        self._own("ended")

    def _try(self, step: Callable[[], None]) -> None:
        """A database that is locked, full or gone is waited for, and told of once."""
        before, self._trouble = self._trouble, ""
        try:
            step()
        except DatabaseError as error:
            self._trouble = str(error)
        if self._trouble != before:
            self._own(self._trouble or "the database is back: going on")

    def _round(self, liveness: Liveness, feed: Feed, beat: _Every, tidy: _Every) -> None:
        if beat.due():
            with self._app.database.write() as c:
                workers.beat(c, self._name)
        if tidy.due():
            self._tidy(liveness)
        self._start(feed.agenda(), feed)

    def _leave(self) -> None:
        with self._app.database.write() as c:
            workers.leave(c, self._name)

    def _tidy(self, liveness: Liveness) -> None:
        """What dead senders had on the wire is told as uncertain; what is settled is closed; what
        relays said of readers, and no run has looked at, is; what may have waited for a relay that
        is restored is tried at once."""
        with self._app.database.read() as c:
            found = agenda.untidy(c)
            drained = rests.drained(c).keys()
        if not drained >= set(self._drained):
            self._rests.clear()
        self._drained = drained
        for dispatch_id in found:
            with self._app.database.write() as c:
                if control.tidy(c, dispatch_id, liveness, self._app.now()):
                    self._app.engine.enqueue(c, dispatch_id)
        refusals.take_in(self._app)
        liveness.sweep()

    def _start(self, found: Agenda, feed: Feed) -> None:
        """An errand for everything that is to be done and not yet being done."""
        for name, errand in list(self._errands.items()):
            if not errand.is_alive():
                self._rests[name].begin(errand.well)
                del self._errands[name]
        for due in found.begin:
            self._send_out(f"dispatch {due.dispatch_id}", partial(self._begin, due, feed))
        for dispatch_id in found.send:
            self._send_out(f"dispatch {dispatch_id}", partial(self._send, dispatch_id, feed))
        if found.write:
            self._send_out(_LETTERS, self._write)
        if found.answer:
            self._send_out(_NOTICES, self._answer)
        if found.hand_on:
            self._send_out(_REPLIES, self._hand_on)
        if self._app.config.bounces.imap is not None and self._fetch_due.due():
            self._send_out(_BOUNCES, self._fetch)

    def _send_out(self, name: str, work: Callable[[App, Stop], bool]) -> None:
        if name not in self._errands and self._rests[name].over():
            self._errands[name] = Errand(name, partial(self._with_app, work), self._log)
            self._errands[name].start()

    def _with_app(self, work: Callable[[App, Stop], bool], stop: Stop) -> bool:
        app = dataclasses.replace(self._opened(), actor=self._app.actor)
        with closing(app.database):
            return work(app, stop)

    def _begin(self, due: Due, feed: Feed, app: App, stop: Stop) -> bool:
        now = scheduling.begin_due(app, due)
        self._log.about(dispatch=due.dispatch_id)(f"its time has come: {now.state}")
        return self._send(due.dispatch_id, feed, app, stop)

    def _send(self, dispatch_id: int, feed: Feed, app: App, stop: Stop) -> bool:
        """Well is a run that settled something: where all limits are used up for hours, or no relay
        is there, it is made again after a rest."""
        moved = False

        def settled(count: int) -> None:
            nonlocal moved
            moved = moved or count > 0

        say = self._log.about(dispatch=dispatch_id)
        attempted = partial(_attempted, say)
        supply = feed.supply(dispatch_id)
        ended = sending.carry_on(app, dispatch_id, settled, say, stop, supply, attempted)
        counts = ended.status.counts.items()
        numbers = ", ".join(f"{count:,} {state}" for state, count in counts if count)
        say(f"{ended.status.state}: {numbers or 'no copies'} of {ended.status.total:,}")
        if ended.trouble is not None:
            say(str(ended.trouble))
        return ended.trouble is None and moved and not ended.held

    def _write(self, app: App, _stop: Stop) -> bool:
        letters.mail_due(app, self._log)
        return True

    def _hand_on(self, app: App, _stop: Stop) -> bool:
        troubles = handing_on.hand_on(app)
        for trouble in troubles:
            self._log(trouble)
        return not troubles

    def _fetch(self, app: App, stop: Stop) -> bool:
        """What is new in the mailbox of bounces."""
        ended = threading.Event()
        with stop.heeded(ended.set):
            for _ in collecting.from_mailbox(app):
                if ended.is_set():
                    break
        return True

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """The door for what comes back, where there is one. Where another worker of this machine
        has it, this one works without."""
        with ExitStack() as stack:
            url = self._app.config.bounces.listen
            if url is not None:
                try:
                    stack.enter_context(Listener(url, self._owns, self._take))
                    self._own(f"listens for mail at {url}")
                except MailerError as error:
                    self._own(str(error))
            yield

    def _owns(self, address: str) -> bool:
        """Whether it is a return path of ours, or the inbox's."""
        return self._app.marks.owns(address) or inbox_mail.is_inbox(self._app, address)

    def _take(self, content: bytes, to: str) -> None:
        """What cannot be taken in stays with the server that brings it."""
        try:
            app = self._opened()
            if inbox_mail.is_inbox(app, to):
                inbox_mail.take_mail(app, content, self._own)
                return
            with closing(app.database):
                returns.take(app, Post(content, Via.LISTENER, to))
        except Exception as error:
            self._log(f"a message for us waits: {error or type(error).__name__}")
            raise

    def _answer(self, app: App, _stop: Stop) -> bool:
        return Postroom(app, self._log).mail_due()

    def _end_errands(self) -> None:
        """Ask each to end as often as we were asked."""
        asked = 0
        while any(errand.is_alive() for errand in self._errands.values()):
            if asked < self._stops:
                asked += 1
                for errand in self._errands.values():
                    errand.stop.ask()
            time.sleep(0.05)


def _attempted(say: Log, result: Result) -> None:
    """A line for an attempt that did not end in `sent`."""
    reply, said = result.reply, str(result.reply) or "no answer"
    say.about(delivery=result.seq)(
        f"{result.state} by {result.relay}: {said}",
        state=result.state.value,
        attempt=result.attempt,
        relay=result.relay,
        code=reply.code,
        enhanced=reply.enhanced,
    )


class _Every:
    """Whether some seconds have passed since it last said so."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = time.monotonic()

    def due(self) -> bool:
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + self._seconds
        return True
