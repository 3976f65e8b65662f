"""A letter from the program to one person: composed as an issue is, submitted as a copy is."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import format_datetime

from mailer.app import App
from mailer.composer.compose import Frame, compose
from mailer.composer.parsing import parse
from mailer.errors import MailerError
from mailer.message.stencil import DATE, MESSAGE_ID, RECIPIENT, compile_stencil
from mailer.model.delivery import Envelope
from mailer.model.edition import Edition
from mailer.model.mailbox import split_mailbox, wire_address
from mailer.model.outcome import Sent
from mailer.model.return_path import filled
from mailer.sender.submit import submit_each

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
    [outcome] = submit_each(app.transport(), [envelope_of(app, to, letter)])
    return "" if isinstance(outcome, Sent) else str(outcome.reply)


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
