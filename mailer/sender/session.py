"""A session: transactions one after the other on one wire (RFC 5321 §3.3)."""

from __future__ import annotations

from collections.abc import Awaitable
from contextlib import suppress

from mailer.model.delivery import Envelope
from mailer.model.outcome import Deferred, Outcome, Rejected, Sent, Skipped, Uncertain
from mailer.sender import commands
from mailer.sender.blame import Stage, blame
from mailer.sender.extensions import Extensions
from mailer.sender.relay import Relay
from mailer.sender.replies import RawReply
from mailer.sender.wire import Wire, WireFault

_CLOSING = 421  # the server says so before it closes (RFC 5321 §3.8)
_FAREWELL = 5.0  # seconds to wait for the answer to QUIT, at most
_EXPECTED = {Stage.MAIL: 2, Stage.RCPT: 2, Stage.DATA: 3, Stage.BODY: 2}


class Session:
    def __init__(self, wire: Wire, relay: Relay, extensions: Extensions) -> None:
        self._wire = wire
        self._relay = relay
        self._extensions = extensions
        self._carried = False
        self._ended_at_mail = False

    @property
    def good(self) -> bool:
        """Whether another transaction may begin on it."""
        return self._wire.idle

    @property
    def spent(self) -> bool:
        """Whether the server, having taken copies on it, ended it rather than begin the last one:
        many take so many a connection, and say so only to the next MAIL."""
        return self._carried and self._ended_at_mail

    async def transact(self, envelope: Envelope, wanted: Awaitable[bool]) -> Outcome:
        """Offer the envelope, and the body once the server *and* `wanted` say yes.

        `wanted` is awaited in every case: it is what puts the attempt on record.
        """
        refusal = commands.unfit(envelope, self._extensions) or await self._offer(envelope)
        if not await wanted:
            if refusal is None:
                self.drop()  # an unfinished message is discarded (RFC 5321 §4.1.1.4)
            return Skipped("no longer wanted when its turn came")
        return refusal or await self._hand_over(envelope.body)

    async def quit(self) -> None:
        """Take leave and close. Raises nothing."""
        try:
            if self.good:
                self._wire.write(commands.QUIT)
                with suppress(WireFault):
                    await self._wire.reply(min(self._relay.timeout, _FAREWELL))
        finally:
            self.drop()

    def drop(self) -> None:
        """Close without a word: what the server has of an unfinished message counts for nothing."""
        self._wire.drop()

    async def _offer(self, envelope: Envelope) -> Outcome | None:
        """MAIL, RCPT and DATA, in one write where the server allows it (RFC 2920 §3.1).

        The first refusal is the reason. None means that the server waits for the body.
        """
        at_once = self._extensions.pipelining
        steps = self._steps(envelope)
        stage = Stage.MAIL
        refusal: Outcome | None = None
        try:
            if at_once:
                self._wire.write(*steps.values())
            for stage, command in steps.items():
                if not at_once:
                    self._wire.write(command)
                raw = await self._wire.reply(self._relay.timeout)
                refusal = refusal or _refusal(stage, raw)
                if raw.code == _CLOSING or (refusal and not at_once):
                    break
        except WireFault as fault:
            self._ended_at_mail = stage is Stage.MAIL and self._wire.gone
            self.drop()
            return refusal or Deferred(fault.reply)
        self._ended_at_mail = stage is Stage.MAIL and raw.code == _CLOSING
        if refusal is not None:
            await self._clear(raw)
        return refusal

    def _steps(self, envelope: Envelope) -> dict[Stage, bytes]:
        return {
            Stage.MAIL: commands.mail_from(envelope, self._extensions),
            Stage.RCPT: commands.rcpt_to(envelope, self._extensions),
            Stage.DATA: commands.DATA,
        }

    async def _clear(self, last: RawReply) -> None:
        """After a refusal: make the session fit for the next copy, or drop it.

        A server that says 354 although it refused the recipient waits for a message. RFC 2920
        §3.1 suggests a lone dot, which submits an empty one and rests on the server's knowing
        that it is for nobody; a closed connection submits nothing, whatever the server thinks.
        """
        if last.code == _CLOSING or last.digit == 3:
            return self.drop()
        try:
            self._wire.write(commands.RSET)
            if (await self._wire.reply(self._relay.timeout)).digit != 2:
                self.drop()
        except WireFault:
            self.drop()

    async def _hand_over(self, body: bytes) -> Outcome:
        """The body and its final dot. Once the dot is written, silence leaves us uncertain."""
        try:
            await self._wire.pour(body, commands.FINAL_DOT, self._relay.timeout)
        except WireFault as fault:
            self.drop()
            return Deferred(fault.reply)
        try:
            raw = await self._wire.reply(self._relay.patience)
            refusal = _refusal(Stage.BODY, raw)
        except WireFault as fault:
            self.drop()
            return Uncertain(fault.reply)
        if raw.code == _CLOSING:
            self.drop()
        self._carried = self._carried or refusal is None
        return refusal or Sent(raw.reply())


def _refusal(stage: Stage, raw: RawReply) -> Outcome | None:
    """The outcome that a reply means, None for a yes; raises WireFault where it means nothing."""
    if raw.digit == _EXPECTED[stage]:
        return None
    reply = raw.reply()
    if raw.digit == 4:
        return Deferred(reply)
    if raw.digit == 5:
        return Rejected(reply, blame(stage, reply))
    raise WireFault(f"the server answered {stage.value} with {reply}")
