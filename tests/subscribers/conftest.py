"""A store in a real database, see `database_url`."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator

import pytest

from mailer.database import Database
from subscribers.fingerprint import fingerprints
from subscribers.model import Consent, SubscriptionStatus
from subscribers.store import Store


@pytest.fixture
def at() -> dt.datetime:
    return dt.datetime(2021, 1, 31, 9, 30, tzinfo=dt.UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def store(database: Database, at: dt.datetime) -> Store:
    """With the lists `monthly` and `weekly`; `list_title` is a reserved name."""
    pepper = fingerprints(b"p" * 32)
    reserved = frozenset({"list_title"})
    store = Store(database, lambda: os.urandom(16), reserved, fingerprint=pepper)
    store.create_list("monthly", "The monthly digest", "monthly.example.org", at)
    store.create_list("weekly", "The weekly links", "weekly.example.org", at)
    return store


@pytest.fixture
def confirm(store: Store, at: dt.datetime) -> Callable[[str, str], bytes]:
    """Put a confirmed reader on a list; returns the token of the subscription."""

    def confirm(address: str, list_name: str) -> bytes:
        consent = Consent("form", "yes, send it")
        store.add(address, list_name, {}, consent, SubscriptionStatus.CONFIRMED, at)
        subscriptions = store.show(address).subscriptions
        return next(s.token for s in subscriptions if s.list == list_name)

    return confirm


@pytest.fixture
def audience(store: Store) -> Callable[[str], list[str]]:
    """Who would be mailed now."""

    def audience(list_name: str) -> list[str]:
        with store.database.read() as connection:
            return [row.email for row in connection.execute(store.audience(list_name))]

    return audience
