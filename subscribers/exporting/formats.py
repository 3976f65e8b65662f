"""How each program wants its people: which tables, which columns, what words.

To add one: a function from the attributes' names to the tables, and its place in `FORMATS`. Where
a program would take everybody in a table for a subscriber, who is gone has a table of their own.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat

from subscribers.exporting.member import Member, Standing


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its file's name where there are several, who is in it (nobody is in two), and each
    one's cells."""

    name: str
    holds: Callable[[Member], bool]
    header: Sequence[str]
    row: Callable[[Member], Sequence[str]]


Layout = Callable[[Sequence[str]], Sequence[Sheet]]

OWN_COLUMNS = (
    *("email", "status", "joined_at", "confirmed_at", "left_at"),
    *("consent", "consent_ip", "tags", "language"),
)
REST = "attributes"  # what cannot be a column of its own, as JSON
_FIRST, _LAST, _NAME = "first_name", "last_name", "name"


def own(names: Sequence[str]) -> Sequence[Sheet]:
    """Ours: our import takes it back as it was. A tag a line, since a tag may hold any sign."""
    taken = {*OWN_COLUMNS, REST}
    columns = [name for name in names if name not in taken]
    others = [name for name in names if name in taken]

    def row(member: Member) -> Sequence[str]:
        get = member.attributes.get
        cells = [
            *(member.email, member.standing),
            *(_iso(member.joined), _iso(member.confirmed), _iso(member.left)),
            *(member.consent, member.ip, "\n".join(member.tags), member.language),
            *map(get, columns, repeat("")),
        ]
        return (
            [*cells, _json({name: get(name) for name in others if get(name)})] if others else cells
        )

    header = [*OWN_COLUMNS, *columns, *([REST] if others else [])]
    return [Sheet("subscribers.csv", lambda _: True, header, row)]


def mailchimp(names: Sequence[str]) -> Sequence[Sheet]:
    """An audience as Mailchimp exports it, and as it takes it: a table for each standing. Pending
    people have none there."""
    others = [name for name in names if name not in (_FIRST, _LAST)]
    head = ["Email Address", "First Name", "Last Name", *map(_merge_field, others)]

    def person(member: Member) -> list[str]:
        get = member.attributes.get
        return [member.email, get(_FIRST, ""), get(_LAST, ""), *[get(name, "") for name in others]]

    def subscribed(member: Member) -> Sequence[str]:
        since, confirmed = _plain(member.since), _plain(member.confirmed)
        return [*person(member), since, member.ip, confirmed, member.ip, _quoted(member.tags)]

    def gone(member: Member) -> Sequence[str]:
        return [
            *person(member),
            _plain(member.left),
            _WHY.get(member.standing, ""),
            _quoted(member.tags),
        ]

    def cleaned(member: Member) -> Sequence[str]:
        return [*person(member), _plain(member.left), _quoted(member.tags)]

    came = ["OPTIN_TIME", "OPTIN_IP", "CONFIRM_TIME", "CONFIRM_IP", "TAGS"]
    return [
        Sheet("subscribed_members_export.csv", _is_mailed, [*head, *came], subscribed),
        Sheet(
            "unsubscribed_members_export.csv",
            lambda member: member.is_gone and not _is_bad(member),
            [*head, "UNSUB_TIME", "UNSUB_REASON", "TAGS"],
            gone,
        ),
        Sheet("cleaned_members_export.csv", _is_bad, [*head, "CLEAN_TIME", "TAGS"], cleaned),
    ]


def listmonk(_names: Sequence[str]) -> Sequence[Sheet]:
    """listmonk subscribes everybody whom it imports: who is gone is for its import into the
    blocklist. Who is pending is in neither."""

    def row(member: Member) -> Sequence[str]:
        return [member.email, _name(member), _json({**member.attributes, **_tags(member)})]

    head = ["email", "name", "attributes"]
    return [
        Sheet("subscribers.csv", _is_mailed, head, row),
        Sheet("blocklist.csv", lambda member: member.is_gone, head, row),
    ]


def buttondown(_names: Sequence[str]) -> Sequence[Sheet]:
    def row(member: Member) -> Sequence[str]:
        return [
            *(member.email, "", _TYPES[member.standing], _iso(member.since), member.ip),
            *(_iso(member.left), ";".join(member.tags), _json(member.attributes)),
        ]

    head = ["email", "notes", "subscriber_type", "creation_date", "ip_address"]
    head += ["unsubscription_date", "tags", "metadata"]
    return [Sheet("subscribers.csv", lambda _: True, head, row)]


def ghost(_names: Sequence[str]) -> Sequence[Sheet]:
    """Ghost mails those whose `subscribed_to_emails` is true; it has no room for attributes."""

    def row(member: Member) -> Sequence[str]:
        mailed = "true" if member.is_mailed else "false"
        labels = ",".join(member.tags)
        return [member.email, _name(member), "", mailed, "false", "", labels, _iso(member.since)]

    head = ["email", "name", "note", "subscribed_to_emails", "complimentary_plan"]
    head += ["stripe_customer_id", "labels", "created_at"]
    return [Sheet("members.csv", lambda _: True, head, row)]


FORMATS: Mapping[str, Layout] = {
    "csv": own,
    "mailchimp": mailchimp,
    "listmonk": listmonk,
    "buttondown": buttondown,
    "ghost": ghost,
}
_WHY = {Standing.COMPLAINED: "marked as spam", Standing.BLOCKED: "blocked by the editor"}
_TYPES = {
    Standing.CONFIRMED: "regular",
    Standing.PENDING: "unactivated",
    Standing.UNSUBSCRIBED: "unsubscribed",
    Standing.BOUNCED: "undeliverable",
    Standing.COMPLAINED: "complained",
    Standing.BLOCKED: "blocked",
}
_MAILCHIMPS = ("email address", "tags", "notes", "leid", "euid", "member_rating")


def _is_mailed(member: Member) -> bool:
    return member.is_mailed


def _is_bad(member: Member) -> bool:
    return member.standing is Standing.BOUNCED


def _merge_field(name: str) -> str:
    """A column's heading that Mailchimp does not take for one of its own."""
    return f"own_{name}" if name in _MAILCHIMPS else name


def _name(member: Member) -> str:
    get = member.attributes.get
    return get(_NAME) or " ".join(part for part in (get(_FIRST), get(_LAST)) if part)


def _tags(member: Member) -> Mapping[str, Sequence[str]]:
    return {"tags": list(member.tags)} if member.tags else {}


def _quoted(tags: Sequence[str]) -> str:
    doubled = (tag.replace('"', '""') for tag in tags)
    return ",".join(f'"{tag}"' for tag in doubled)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


@lru_cache(maxsize=10_000)
def _iso(at: dt.datetime | None) -> str:
    return "" if at is None else at.isoformat()


@lru_cache(maxsize=10_000)
def _plain(at: dt.datetime | None) -> str:
    """As Mailchimp writes times, in UTC."""
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S}"
