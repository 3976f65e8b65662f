"""What people wrote to the return path goes to the editor: their words, and the message itself."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from mailer.app import App
from mailer.desk import night_letter, post
from mailer.errors import MailerError
from mailer.feedback.parsing.opened import Opened
from mailer.ledger import replies
from mailer.ledger.replies import Waiting
from mailer.message.header import one_line

_NAME = "message.eml"


def hand_on(app: App) -> list[str]:
    """Every reply that is due; what stood in the way of those that stay. Raises DatabaseError."""
    troubles = []
    while (reply := _claimed(app)) is not None:
        trouble = _mailed(app, reply)
        with app.database.write() as c:
            if trouble:
                replies.put_off(c, reply)
                troubles.append(f"a reply could not be handed on: {trouble}")
            else:
                replies.handed_on(c, reply)
    return troubles


def _claimed(app: App) -> Waiting | None:
    with app.database.write() as c:
        return replies.claim(c)


def _mailed(app: App, reply: Waiting) -> str:
    """What stood in the way, or nothing."""
    publication = app.config.publication
    to = publication.editor or publication.reply_to or publication.sender
    try:
        return post.submit(app, to, _letter(app, reply, to))
    except MailerError as error:
        return str(error)


def _letter(app: App, reply: Waiting, to: str) -> bytes:
    """Never answered by a machine: `Auto-Submitted` (RFC 3834 §5) ends what might go in circles."""
    publication = app.config.publication
    letter = EmailMessage(policy=SMTP)
    letter["Date"] = format_datetime(app.now())
    letter["From"] = publication.sender
    letter["To"] = to
    if parseaddr(reply.sender)[1]:
        letter["Reply-To"] = one_line(reply.sender)
    letter["Subject"] = one_line(reply.subject) or publication.name
    letter["Message-ID"] = f"<reply.{app.new_token().hex()}@{app.domain}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(_words(publication.lang, reply), cte="base64")
    letter.add_attachment(reply.content, "application", "octet-stream", filename=_NAME)
    return letter.as_bytes()


def _words(lang: str, reply: Waiting) -> str:
    says = night_letter.strings_of(lang)
    lines = [says["wrote"].replace("{sender}", reply.sender)]
    if reply.wants_out:
        lines.append(says["wish"].replace("{id}", str(reply.id)))
    return "\n\n".join((*lines, Opened(reply.content).words))
