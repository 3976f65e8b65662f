"""A session: transactions one behind the other on one connection (RFC 5321 §3.3), without any I/O.

Replies come in, words go out. Where the server offers PIPELINING, the end of one body and the
commands of the next transaction leave in one write (RFC 2920 §3.1), and answers are told apart by
their order alone: so all that came is heard before anything is said, and one answer too many ends
the session before a body is begun.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from mailer.model.delivery import Envelope
from mailer.model.outcome import Deferred, Outcome, Rejected, Reply, Sent, Uncertain
from mailer.sender import commands
from mailer.sender.blame import Stage, blame
from mailer.sender.extensions import Extensions
from mailer.sender.replies import BadReply, RawReply
from mailer.sender.transport import Client, Loss

_CLOSING = 421  # the server says so before it closes (RFC 5321 §3.8)
_ENVELOPE = (Stage.MAIL, Stage.RCPT, Stage.DATA)


class Line(Protocol):
    """What a session needs of its connection."""

    @property
    def open(self) -> bool:
        """Whether what is written now may arrive."""
        ...

    @property
    def midway(self) -> bool:
        """Whether a reply has begun and not ended."""
        ...

    @property
    def pouring(self) -> bool:
        """Whether the end of a body is still to be written: `Session.poured` is called then."""
        ...

    def write(self, words: bytes) -> None: ...

    def pour(self, body: bytes, end: bytes) -> None:
        """Send a body and, in one write with the last of it, its `end`."""
        ...

    def expect(self, seconds: float | None) -> None:
        """From now on the server may be silent for so long; None: for ever."""
        ...

    def drop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an answer may take, in seconds: to a command, and to a whole message."""

    command: float
    message: float


@dataclass(slots=True)
class _Offer:
    """A transaction that was begun. `unsaid` are the commands that wait for an answer to the one
    before; `refusal` is the first one; `answered`: the envelope has all its answers."""

    envelope: Envelope
    unsaid: deque[tuple[Stage, bytes]] = field(default_factory=deque)
    refusal: Outcome | None = None
    answered: bool = False


class Session:
    def __init__(
        self, line: Line, extensions: Extensions, patience: Patience, client: Client
    ) -> None:
        self._line = line
        self._extensions = extensions
        self._patience = patience
        self._client = client
        self._asked: deque[Stage] = deque()  # what is still to be answered
        self._on_the_way = False  # a body of which nobody knows yet what became
        self._offer: _Offer | None = None
        # Offered, and not yet begun. Two where the first waits for an answer to RSET, or behind a
        # body that was answered before its end.
        self._waiting: deque[Envelope] = deque()
        self._granted = False  # the older of these two may leave
        self._reset = False  # a transaction is to be forgotten
        self._carried = False  # a copy was taken on this connection
        self._hearing = False
        self._leaving = False
        self._over = False

    # What a lane calls.

    @property
    def good(self) -> bool:
        return not (self._over or self._leaving)

    def offer(self, envelope: Envelope) -> None:
        self._waiting.append(envelope)
        self._go_on()

    def hand_over(self) -> None:
        self._granted = True
        self._go_on()

    def withdraw(self) -> None:
        """An unfinished message is discarded with its connection (RFC 5321 §4.1.1.4); a copy that
        was refused, or not yet begun, leaves nothing behind."""
        offer, self._offer = self._offer, None
        self._waiting.clear()
        if offer is not None and not (offer.refusal and offer.answered):
            self.end()

    def leave(self) -> None:
        """Say QUIT as soon as it may be said."""
        if self._on_the_way or self._offer or self._waiting:
            self.end()
        self._leaving = True
        self._go_on()

    def end(self) -> None:
        """Close without a word, and tell nobody."""
        self._over = True
        self._line.drop()

    # What a line calls.

    def receive(self, replies: Iterator[RawReply]) -> None:
        self._hearing = True
        try:
            for raw in replies:
                if not self._over:
                    self._hear(raw)
        except BadReply as bad:
            self.fail(f"the server sent {bad}")
        self._hearing = False
        self._go_on()

    def poured(self) -> None:
        self._go_on()

    def fail(self, why: str, gone: bool = False) -> None:
        """The connection is of no more use. `gone`: it ended at the other side."""
        reply = Reply(0, "", why)
        body: Outcome | None = None
        if self._on_the_way:
            body = Deferred(reply) if self._line.pouring else Uncertain(reply)
        self._lose(self._asked[0] if self._asked else None, Deferred(reply), body, gone)

    # What is said.

    def _go_on(self) -> None:
        """Say what may be said by now."""
        if self._hearing or self._over:
            return
        if not self._line.open:
            self.fail("the connection was lost", gone=True)
        elif not self._line.pouring:
            self._speak()
        self._wait()

    def _speak(self) -> None:
        if self._reset:
            self._reset = False
            self._say(Stage.RSET, commands.RSET)
        free = self._extensions.pipelining or not self._asked
        if self._offer is None and self._waiting and free:
            self._line.write(self._begin(self._waiting.popleft()))
        offer = self._offer
        if offer is not None and offer.answered and self._granted:
            self._conclude(offer)
        elif offer is not None and offer.unsaid and not self._asked:
            self._say(*offer.unsaid.popleft())
        elif self._leaving and not self._asked:
            self._say(Stage.QUIT, commands.QUIT)

    def _say(self, stage: Stage, words: bytes) -> None:
        self._asked.append(stage)
        self._line.write(words)

    def _begin(self, envelope: Envelope) -> bytes:
        """Make a copy the one on offer; what is to be said for it at once."""
        refusal = commands.unfit(envelope, self._extensions)
        self._offer = offer = _Offer(envelope, refusal=refusal, answered=refusal is not None)
        if refusal is not None:
            return b""
        mail = commands.mail_from(envelope, self._extensions)
        words = (mail, commands.rcpt_to(envelope, self._extensions), commands.DATA)
        if self._extensions.pipelining:
            self._asked.extend(_ENVELOPE)
            return b"".join(words)
        offer.unsaid.extend(zip(_ENVELOPE, words, strict=True))
        return b""

    def _conclude(self, offer: _Offer) -> None:
        """The copy may leave and the server has given all its answers: it is refused, or goes."""
        if offer.refusal is not None:
            self._granted = False
            self._offer = None
            self._client.settled(offer.refusal)
            self._go_on()
        elif self._line.midway:
            self.fail("the server spoke out of turn")
        else:
            self._granted = False
            self._offer = None
            self._pour(offer.envelope.body)

    def _pour(self, body: bytes) -> None:
        """A body; in one write with its end what begins the next copy, where that is allowed."""
        self._on_the_way = True
        self._asked.append(Stage.BODY)
        behind = b""
        if self._extensions.pipelining and self._waiting:
            behind = self._begin(self._waiting.popleft())
        self._line.pour(body, commands.FINAL_DOT + behind)

    def _wait(self) -> None:
        if self._over:
            return
        if not self._asked:
            self._line.expect(None)
        elif self._asked[0] is Stage.BODY and not self._line.pouring:
            self._line.expect(self._patience.message)
        else:
            self._line.expect(self._patience.command)

    # What is heard.

    def _hear(self, raw: RawReply) -> None:
        if not self._asked and raw.code == _CLOSING:
            self._lose(None, Deferred(raw.reply()), gone=True)
        elif not self._asked:
            self.fail(f"the server spoke out of turn: {raw.reply()}")
        elif raw.digit not in (_EXPECTED[self._asked[0]], 4, 5):
            self.fail(f"the server answered {self._asked[0].value} with {raw.reply()}")
        else:
            self._answer(self._asked.popleft(), raw)

    def _answer(self, stage: Stage, raw: RawReply) -> None:
        if stage is Stage.BODY:
            self._answer_to_body(raw)
        elif stage is Stage.QUIT:
            self.end()
        elif self._offer is not None and stage is not Stage.RSET:
            self._answer_to_envelope(self._offer, stage, raw)
        elif raw.digit != 2:
            self._lose(stage, Deferred(raw.reply()))

    def _answer_to_body(self, raw: RawReply) -> None:
        """Whatever it says, that copy is settled, and the connection may end behind it."""
        outcome = _refusal(Stage.BODY, raw) or Sent(raw.reply())
        self._carried = self._carried or isinstance(outcome, Sent)
        if raw.code == _CLOSING:
            self._lose(Stage.BODY, outcome, outcome, gone=True)
        else:
            self._on_the_way = False
            self._client.settled(outcome)

    def _answer_to_envelope(self, offer: _Offer, stage: Stage, raw: RawReply) -> None:
        """A server that says 354 although it refused the recipient waits for a message. RFC 2920
        §3.1 suggests a lone dot, which submits an empty one and rests on the server's knowing that
        it is for nobody; a closed connection submits nothing, whatever the server thinks."""
        closing = raw.code == _CLOSING
        offer.refusal = offer.refusal or (None if closing else _refusal(stage, raw))
        if closing:
            self._lose(stage, Deferred(raw.reply()), gone=True)
        elif offer.refusal and raw.digit == 3:
            self._lose(stage, offer.refusal)
        elif not self._asked and (offer.refusal or not offer.unsaid):
            offer.answered = True
            offer.unsaid.clear()
            self._reset = offer.refusal is not None

    def _lose(
        self,
        stage: Stage | None,
        outcome: Outcome,
        body: Outcome | None = None,
        gone: bool = False,
    ) -> None:
        """The connection ends while `stage` is to be answered: `outcome` becomes of the copy on
        offer, unless it was refused, and `body` of the one on its way.

        Nothing is held against a copy that was not yet judged: the server ended the connection
        rather than begin with it, having taken others (many take so many a connection, and say so
        only to the next MAIL); or did so while it waited for us; or RSET did not help.
        """
        if self._over:
            return
        self.end()
        if self._leaving:
            return
        offered = self._offer or self._waiting
        refusal = self._offer.refusal if self._offer else None
        unjudged = stage is None or (stage is Stage.MAIL and self._carried)
        if body is not None:
            self._client.settled(body)
        self._client.lost(
            Loss(
                (refusal or outcome) if offered else None,
                again=refusal is None and (stage is Stage.RSET or (gone and unjudged)),
            )
        )


_EXPECTED = {
    **{Stage.MAIL: 2, Stage.RCPT: 2, Stage.DATA: 3},
    **{Stage.BODY: 2, Stage.RSET: 2, Stage.QUIT: 2},
}


def _refusal(stage: Stage, raw: RawReply) -> Outcome | None:
    """The outcome that a reply of the right kind means, None for a yes."""
    if raw.digit == 4:
        return Deferred(raw.reply())
    if raw.digit == 5:
        reply = raw.reply()
        return Rejected(reply, blame(stage, reply))
    return None
