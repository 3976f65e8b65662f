"""Mail to the inbox: what its senders link to becomes items."""

from __future__ import annotations

from collections.abc import Callable

from mailer.desk import inbox
from mailer.desk.inbox import Words
from mailer.errors import MailerError
from mailer.intake.inbox import letter as letters
from mailer.intake.inbox.letter import Letter
from mailer.model.mailbox import wire_address
from mailer.premises import Premises


def is_inbox(premises: Premises, address: str) -> bool:
    """Whether an address, in whatever letter case, is that of the inbox."""
    own = premises.config.inbox.address
    return own is not None and _key(address) == _key(own)


def take_mail(premises: Premises, content: bytes, tell: Callable[[str], None]) -> int:
    """Keep what a mail links to; returns how many items are new. Who may not write, or links to
    nothing, is told to nobody but the log: an answer would go to whom a forger names."""
    letter = letters.read(content)
    if _key(letter.sender) not in {_key(each) for each in premises.config.inbox.senders}:
        tell("mail to the inbox from somebody who is not in inbox.from: left")
        return 0
    if not letter.links:
        tell("mail to the inbox that links to nothing: left")
    return sum(_take(premises, letter, link, tell) for link in letter.links)


def _take(premises: Premises, letter: Letter, link: str, tell: Callable[[str], None]) -> bool:
    """Whether it is new. A page that cannot be read is called what the mail is about; what is no
    address for an item is left."""
    note = letter.words if len(letter.links) == 1 else ""
    try:
        return inbox.add(premises, link, Words(note=note)).is_new
    except MailerError as error:
        tell(f"an item without its page: {error}")
    try:
        return inbox.add(premises, link, Words(letter.subject or link, note)).is_new
    except MailerError:
        return False


def _key(address: str) -> str:
    try:
        return wire_address(address).lower()
    except ValueError:
        return ""
