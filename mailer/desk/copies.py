"""One reader's copy before anything is sent: the bytes of the wire, read as a mail client would."""

from __future__ import annotations

import datetime as dt
import email
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default as modern

from mailer.app import App
from mailer.composer.html.views import locale_of, long_date
from mailer.desk import lists
from mailer.message.feedback_id import feedback_id
from mailer.message.stencil import (
    DATE,
    DELIVERY,
    MESSAGE_ID,
    RECIPIENT,
    ListHeader,
    compile_stencil,
)
from mailer.model.edition import Edition, PictureFile
from mailer.model.mailbox import wire_address
from mailer.model.slot import (
    EMAIL,
    LIST_TITLE,
    PREFERENCES_URL,
    RESERVED_SLOTS,
    SIGNED_UP_ON,
    UNSUBSCRIBE_URL,
    said,
)
from subscribers.model import Person

_NOBODY = "reader@example.org"
_SOME_DAY = dt.date(2020, 5, 3)  # when nobody in particular signed up


@dataclass(frozen=True, slots=True)
class Copy:
    """`source` is the whole message. `missing` names the slots for which the reader has no value
    and the issue no default: such a copy is never sent."""

    subject: str
    html: str
    text: str
    source: bytes
    missing: tuple[str, ...] = ()


def sample_values(app: App, edition: Edition) -> dict[str, str]:
    """For nobody in particular: slots without a default show their names, links change nothing."""
    values = {slot.name: f"[{slot.name}]" for slot in edition.slots() if slot.default is None}
    url = app.config.publication.url
    return values | {
        UNSUBSCRIBE_URL: f"{url}/u/sample",
        PREFERENCES_URL: f"{url}/p/sample",
        LIST_TITLE: lists.title_of(app.config.publication.list),
        EMAIL: _NOBODY,
        SIGNED_UP_ON: long_date(_SOME_DAY, locale_of(edition.lang)),
    }


def sample_copy(app: App, edition: Edition, pictures: Sequence[PictureFile]) -> Copy:
    """What a reader gets of whom nothing is known."""
    return _read(message(app, edition, sample_values(app, edition), pictures))


def copy_for(app: App, edition: Edition, pictures: Sequence[PictureFile], person: Person) -> Copy:
    """What this subscriber gets of the publication's list, except that its links change nothing."""
    edition = edition.narrowed(audiences_of(app, edition, person))
    own = said(person.attributes)
    values = {**sample_values(app, edition), **own, EMAIL: person.email}
    wanted = {slot.name for slot in edition.slots() if slot.default is None}
    missing = sorted(wanted - own.keys() - RESERVED_SLOTS)
    return _read(message(app, edition, values, pictures), tuple(missing))


def audiences_of(app: App, edition: Edition, person: Person) -> frozenset[str]:
    """For which of its blocks this person is meant."""
    if not edition.audiences:
        return frozenset()
    target = app.store.list(app.config.publication.list)
    return app.store.segments.of_person(person.id, target.id, edition.audiences)


def message(
    app: App, edition: Edition, values: Mapping[str, str], pictures: Sequence[PictureFile]
) -> bytes:
    """The copy on the wire, with a fixed date; `pictures` are those that it may carry."""
    name = app.config.publication.list
    mark = feedback_id(0, name, app.config.publication.id)
    header = ListHeader(f"{name}.{app.domain}", "", mark)
    return compile_stencil(edition, header, pictures).personalise(
        {
            **values,
            DATE: "Fri, 01 Jan 2021 00:00:00 +0000",
            MESSAGE_ID: f"sample@{app.domain}",
            RECIPIENT: wire_address(values[EMAIL]),
            DELIVERY: "sample",
        }
    )


def _read(source: bytes, missing: tuple[str, ...] = ()) -> Copy:
    read = email.message_from_bytes(source, policy=modern)
    html, text = _part(read, "html"), _part(read, "plain")
    return Copy(str(read["Subject"]), html, text, source, missing)


def _part(read: EmailMessage, subtype: str) -> str:
    part = read.get_body((subtype,))
    content = "" if part is None else part.get_content()
    return str(content).replace("\r\n", "\n")
