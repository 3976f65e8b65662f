"""Mails to one person each: composed as an issue is, submitted as a copy is. No limit of the relay
holds them back, since somebody waits; but they count against its quotas, and issues take what is
left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.utils import format_datetime

from mailer.app import App
from mailer.composer.compose import Frame, compose
from mailer.composer.parsing import parse
from mailer.errors import MailerError, RelayError
from mailer.ledger import budgets
from mailer.message.stencil import DATE, MESSAGE_ID, RECIPIENT, compile_stencil
from mailer.model.delivery import Envelope
from mailer.model.edition import Edition
from mailer.model.mailbox import split_mailbox, wire_address
from mailer.model.outcome import Outcome, Sent
from mailer.model.return_path import filled
from mailer.sender import submit as wire

_THEME = "letter"


def mail(app: App, to: str, written: str) -> str:
    """Submit a letter in Markdown to a mailbox; what stood in the way, or nothing."""
    try:
        message_id = f"letter.{app.new_token().hex()}@{app.domain}"
        letter = mail_of(app, to, _composed(app, written), message_id)
        return submit(app, to, letter)
    except MailerError as error:
        return str(error)


def submit(app: App, to: str, letter: bytes) -> str:
    """Sign a message, whose lines begin with no dot, and submit it; what stood in the way, or
    nothing. Raises MailerError where no relay is there."""
    [outcome] = submit_each(app, [envelope_of(app, to, letter)])
    return "" if isinstance(outcome, Sent) else str(outcome.reply)


def submit_each(app: App, envelopes: Sequence[Envelope]) -> list[Outcome]:
    """What became of each; raises RelayError where there is no connection, DatabaseError."""
    outcomes, trouble = submit_some(app, envelopes)
    if trouble is not None:
        raise trouble
    return [outcome for outcome in outcomes if outcome is not None]


def submit_some(
    app: App, envelopes: Sequence[Envelope]
) -> tuple[list[Outcome | None], RelayError | None]:
    """What became of each through the relay of single mails, None of those that were not tried;
    and what kept us from it. Raises DatabaseError."""
    route = app.route_of_single_mails()
    counted = {each.period: each.bucket for each in route.limits.quotas(app.now())}
    if counted:
        with app.database.write() as c:
            budgets.hold(c, route.name)
            budgets.count(c, route.name, counted, len(envelopes))
    return wire.submit_some(route.transport, envelopes)


def _composed(app: App, written: str) -> Edition:
    publication, look = app.config.publication, app.config.look
    issue = parse.parse(written, _THEME, parse.Defaults(publication.lang, (), _THEME)).issue
    if issue is None:
        raise MailerError("the letter cannot be read: a fault of the program")
    frame = Frame(
        publication=publication.name,
        sender=publication.sender,
        reply_to=publication.editor or publication.reply_to,
        address=publication.address,
        base=publication.url,
        strings=look.strings,
        personal=True,
    )
    return compose(issue, app.theme(_THEME), frame)


def mail_of(
    app: App, to: str, edition: Edition, message_id: str, values: Mapping[str, str] | None = None
) -> bytes:
    """A mail that a program writes to one mailbox; `values` are those of its slots. Raises
    MissingValue."""
    address = wire_address(split_mailbox(to)[1])
    ours = {DATE: format_datetime(app.now()), MESSAGE_ID: message_id, RECIPIENT: address}
    return compile_stencil(edition, None).personalise({**(values or {}), **ours})


def envelope_of(app: App, to: str, mail: bytes, token: str = "") -> Envelope:
    """A mail from the publication to one mailbox, signed. What comes back of one with a token goes
    where bounces go."""
    address = wire_address(split_mailbox(to)[1])
    signed = mail if app.signer is None else app.signer.sign(mail) + mail
    sender = app.config.publication.sender
    own = wire_address(split_mailbox(sender)[1])
    if token:
        own = filled(app.return_path(sender), token)
    return Envelope(own, address, signed, smtputf8=not address.isascii(), envid=token)
