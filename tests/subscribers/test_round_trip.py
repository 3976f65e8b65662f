"""What is taken out in our own forms comes back as it was, on another machine."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import os
from collections.abc import Callable
from typing import Any

import naughty
import pytest
from databases import Databases

from mailer.database import Database
from subscribers import tags
from subscribers.editing import Edit
from subscribers.exporting.exporter import export
from subscribers.importing.importer import import_file
from subscribers.importing.reading import Wishes
from subscribers.model import SubscriptionStatus, SuppressionReason
from subscribers.store import Store

_TEXTS = (
    *naughty.QUOTES,
    *naughty.PROGRAMS,
    "=1+1",
    "'=1+1",
    "'a",
    "+49 30",
    "-5",
    "a\r\nb",
    "[1]",
    "x,y;z",
    "x\ty",
)
_TAGS = ("python", "a, b", "a;b", '"quoted"', "=1+1", "[1]", "Ünï")


@pytest.fixture
def elsewhere(databases: Databases, at: dt.datetime, opened: Callable[..., Database]) -> Store:
    store = Store(opened(databases.migrated()), lambda: os.urandom(16))
    store.create_list("monthly", "The monthly digest", "monthly.example.org", at)
    return store


@pytest.fixture(autouse=True)
def people(store: Store, at: dt.datetime, confirm: Callable[[str, str], bytes]) -> None:
    """Of every standing; all that is odd about them is somewhere."""
    for n, text in enumerate(_TEXTS):
        attributes = {"note": text, "tags": f"own {n}", "email_kind": text}
        pending = SubscriptionStatus.PENDING
        store.add(f"r{n}@example.org", "monthly", attributes, None, pending, at)
    with store.database.write() as connection:
        ids = [store.show(f"r{n}@example.org").id for n in range(len(_TAGS))]
        attached = {i: set(_TAGS[: n + 1]) for n, i in enumerate(ids)}
        tags.attach(connection, attached)
    for name, reason in itertools.zip_longest(
        ("anna", "ben", "cleo", "dora", "Emil"),
        (None, SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED, SuppressionReason.MANUAL),
    ):
        confirm(f"{name}@example.org", "monthly")
        if reason is not None:
            store.suppress(f"{name}@example.org", None, reason, "why", at)
    store.edit("anna@example.org", Edit(language="pt-br"), "editor", at)
    store.unsubscribe("Emil@example.org", "monthly", "request", at)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_our_own_forms_are_read_again(
    store: Store, elsewhere: Store, at: dt.datetime, form: str
) -> None:
    first = _exported(store, form)
    later = at + dt.timedelta(days=1)
    report = import_file(elsewhere, io.BytesIO(first), "monthly", Wishes(), later)
    assert (report.bad, report.added) == (0, report.read)
    assert report.recognised[0].title == "our own export"
    emails = [f"r{n}@example.org" for n in range(len(_TEXTS))]
    emails += [f"{name}@example.org" for name in ("anna", "ben", "cleo", "dora", "Emil")]
    for email in emails:
        assert _told(elsewhere, email) == _told(store, email)
    again = import_file(elsewhere, io.BytesIO(_exported(store, form)), "monthly", Wishes(), later)
    assert again.updated == again.added == 0


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_move_makes_no_evidence(
    store: Store, elsewhere: Store, at: dt.datetime, form: str
) -> None:
    """Who never signed up did not sign up because they were moved; nothing is told twice."""
    later = at + dt.timedelta(days=1)
    import_file(elsewhere, io.BytesIO(_exported(store, form)), "monthly", Wishes(), later)
    (added,) = elsewhere.show("r0@example.org").consents
    assert added.evidence == f"on the list since {at:%Y-%m-%d}"
    (confirmed,) = elsewhere.show("anna@example.org").consents
    assert confirmed.evidence.count("confirmed on") == 1


def test_a_blocklist_for_listmonk_blocks_here_too(
    store: Store, elsewhere: Store, at: dt.datetime
) -> None:
    """Its files have no column that says who left: their names do."""
    file = io.BytesIO(_exported(store, "listmonk"))
    report = import_file(elsewhere, file, "monthly", Wishes(confirmed="a form"), at)
    assert (report.bad, elsewhere.show("anna@example.org").suppressions) == (0, ())
    for name in ("ben", "cleo", "dora", "Emil"):
        (suppression,) = elsewhere.show(f"{name}@example.org").suppressions
        assert suppression.reason is SuppressionReason.MANUAL


def _exported(store: Store, form: str) -> bytes:
    target = io.BytesIO()
    export(store, "monthly", form, target)
    return target.getvalue()


def _told(store: Store, email: str) -> tuple[Any, ...]:
    person = store.show(email)
    (subscription,) = person.subscriptions
    reasons = {each.reason for each in person.suppressions}
    left = subscription.status is SubscriptionStatus.UNSUBSCRIBED
    kept = reasons - {SuppressionReason.UNSUBSCRIBED}
    confirmed = subscription.status is SubscriptionStatus.CONFIRMED and not kept
    since = subscription.confirmed_at if confirmed else None
    mailed = subscription.status if not kept else None
    theirs = person.email, person.attributes, person.tags, person.language
    return *theirs, kept, since, mailed, left and not kept
