"""Each form has everybody in the place that they have there, and nobody in a better one."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile

import pytest

from subscribers.editing import Edit
from subscribers.exporting import exporter, reading
from subscribers.importing.importer import import_file
from subscribers.importing.reading import Wishes
from subscribers.model import Consent, SubscriptionStatus, SuppressionReason
from subscribers.store import Store

pytestmark = pytest.mark.both_databases

Rows = list[dict[str, str]]
FORM = Consent("a form", "yes, on 3 May", "192.0.2.7")


@pytest.fixture
def people(store: Store, at: dt.datetime) -> Store:
    """One in each standing on `monthly`, somebody of another list, somebody of a bad domain."""
    for name in ("ann", "ben", "cleo", "dora", "emil", "finn"):
        status = SubscriptionStatus.PENDING if name == "ben" else SubscriptionStatus.CONFIRMED
        attributes = {"first_name": name.title(), "town": "=Köln", "status": "gold"}
        if name == "ann":
            attributes |= {"last_name": "O'Hara"}
        store.add(f"{name}@example.org", "monthly", attributes, FORM, status, at)
    store.unsubscribe("cleo@example.org", None, "by mail", at)
    for name, reason in (
        ("dora", SuppressionReason.BOUNCED),
        ("emil", SuppressionReason.COMPLAINED),
        ("finn", SuppressionReason.MANUAL),
    ):
        store.suppress(f"{name}@example.org", None, reason, "", at)
    store.add("gus@example.org", "weekly", {"other": "x"}, FORM, SubscriptionStatus.CONFIRMED, at)
    store.add("hal@example.net", "monthly", {}, FORM, SubscriptionStatus.CONFIRMED, at)
    store.suppress("@example.net", "monthly", SuppressionReason.MANUAL, "", at)
    return store


def _bytes(store: Store, form: str) -> bytes:
    target = io.BytesIO()
    exporter.export(store, "monthly", form, target)
    return target.getvalue()


def _rows(content: bytes) -> Rows:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def _tables(content: bytes) -> dict[str, Rows]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: _rows(packed.read(name)) for name in packed.namelist()}


def _column(rows: Rows, name: str) -> dict[str, str]:
    """By the part before the @."""
    address = next(iter(rows[0]))
    return {row[address].partition("@")[0]: row[name] for row in rows}


def test_our_own_has_everybody_and_everything(people: Store) -> None:
    rows = _rows(_bytes(people, "csv"))
    assert _column(rows, "status") == {
        "ann": "confirmed",
        "ben": "pending",
        "cleo": "unsubscribed",
        "dora": "bounced",
        "emil": "complained",
        "finn": "blocked",
        "hal": "blocked",
    }
    assert rows[0] == {
        "email": "ann@example.org",
        "status": "confirmed",
        "joined_at": "2021-01-31T09:30:00+00:00",
        "confirmed_at": "2021-01-31T09:30:00+00:00",
        "left_at": "",
        "consent": "yes, on 3 May",
        "consent_ip": "192.0.2.7",
        "tags": "",
        "language": "",
        "first_name": "Ann",
        "last_name": "O'Hara",
        "town": "'=Köln",
        "attributes": '{"status": "gold"}',
    }


def test_lines_of_json_have_the_same(people: Store) -> None:
    first, *others = map(json.loads, _bytes(people, "jsonl").splitlines())
    assert first == {
        "email": "ann@example.org",
        "status": "confirmed",
        "joined_at": "2021-01-31T09:30:00+00:00",
        "confirmed_at": "2021-01-31T09:30:00+00:00",
        "consent": "yes, on 3 May",
        "consent_ip": "192.0.2.7",
        "tags": [],
        "attributes": {
            "first_name": "Ann",
            "last_name": "O'Hara",
            "town": "=Köln",
            "status": "gold",
        },
    }
    assert len(others) == 6


def test_mailchimp_gets_a_table_for_each_standing(people: Store) -> None:
    tables = _tables(_bytes(people, "mailchimp"))
    assert {name: list(_column(rows, "TAGS")) for name, rows in tables.items()} == {
        "subscribed_members_export.csv": ["ann"],
        "unsubscribed_members_export.csv": ["cleo", "emil", "finn", "hal"],
        "cleaned_members_export.csv": ["dora"],
    }
    (ann,) = tables["subscribed_members_export.csv"]
    assert (ann["First Name"], ann["Last Name"], ann["town"]) == ("Ann", "O'Hara", "'=Köln")
    assert (ann["CONFIRM_TIME"], ann["CONFIRM_IP"]) == ("2021-01-31 09:30:00", "192.0.2.7")
    reasons = _column(tables["unsubscribed_members_export.csv"], "UNSUB_REASON")
    assert reasons["emil"] == "marked as spam"


def test_listmonk_would_subscribe_all_so_who_is_gone_is_apart(people: Store) -> None:
    tables = _tables(_bytes(people, "listmonk"))
    assert list(_column(tables["subscribers.csv"], "name").values()) == ["Ann O'Hara"]
    assert set(_column(tables["blocklist.csv"], "name")) == {"cleo", "dora", "emil", "finn", "hal"}
    assert json.loads(tables["subscribers.csv"][0]["attributes"])["town"] == "=Köln"


def test_buttondown_has_a_type_for_everybody(people: Store) -> None:
    rows = _rows(_bytes(people, "buttondown"))
    assert _column(rows, "subscriber_type") == {
        "ann": "regular",
        "ben": "unactivated",
        "cleo": "unsubscribed",
        "dora": "undeliverable",
        "emil": "complained",
        "finn": "blocked",
        "hal": "blocked",
    }
    assert _column(rows, "unsubscription_date")["cleo"] == "2021-01-31T09:30:00+00:00"


def test_ghost_mails_nobody_whom_we_would_not(people: Store) -> None:
    rows = _rows(_bytes(people, "ghost"))
    subscribed = _column(rows, "subscribed_to_emails")
    assert [name for name, said in subscribed.items() if said == "true"] == ["ann"]
    assert rows[0]["name"] == "Ann O'Hara"


@pytest.mark.parametrize(
    ("form", "column"),
    [("mailchimp", "OPTIN_TIME"), ("buttondown", "creation_date"), ("ghost", "created_at")],
)
def test_others_hear_of_the_day_on_which_somebody_came_and_not_of_an_import(
    store: Store, at: dt.datetime, form: str, column: str
) -> None:
    wishes = Wishes(mapping={"since": "confirmed_at"})
    source = io.BytesIO(b"email,since\nann@example.org,2015-03-04\n")
    import_file(store, source, "monthly", wishes, at)
    content = _bytes(store, form)
    rows = next(iter(_tables(content).values())) if form == "mailchimp" else _rows(content)
    assert _column(rows, column)["ann"].startswith("2015-03-04")


def test_a_tag_may_hold_any_sign_in_mailchimps_table_too(store: Store, at: dt.datetime) -> None:
    odd = ('12" vinyl', "tea, green")
    store.add("ann@example.org", "monthly", {}, FORM, SubscriptionStatus.CONFIRMED, at)
    store.edit("ann@example.org", Edit(tags=frozenset(odd)), "editor", at)
    import_file(store, io.BytesIO(_bytes(store, "mailchimp")), "weekly", Wishes(), at)
    assert store.show("ann@example.org").tags == odd


def test_who_has_no_place_is_counted(people: Store) -> None:
    done = exporter.export(people, "monthly", "mailchimp", io.BytesIO())
    assert (done.written, done.left_out) == (6, 1)


def test_it_tells_how_far_it_is(people: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAGE", 3)
    seen: list[int] = []
    exporter.export(people, "monthly", "mailchimp", io.BytesIO(), seen.append)
    assert seen == [3, 3, 1]


@pytest.mark.parametrize("form", ["csv", "mailchimp", "listmonk", "buttondown", "ghost"])
def test_no_cell_of_any_form_runs_in_a_spreadsheet(
    store: Store, at: dt.datetime, form: str
) -> None:
    names = ("name", "first_name", "note")
    attributes = dict.fromkeys(names, "=cmd|' /C calc'!A0")
    address, consent = "+ann@example.org", Consent("a form", "@SUM(A1)")
    store.add(address, "monthly", attributes, consent, SubscriptionStatus.CONFIRMED, at)
    store.edit(address, Edit(tags=frozenset({"=1+1"})), "editor", at)
    content = _bytes(store, form)
    tables = _tables(content) if zipfile.is_zipfile(io.BytesIO(content)) else {"": _rows(content)}
    cells = [cell for rows in tables.values() for row in rows for cell in row.values()]
    assert "'+ann@example.org" in cells
    assert [cell for cell in cells if cell[:1] in tuple("=+-@\t\r\n")] == []


@pytest.mark.parametrize("form", exporter.NAMES)
def test_an_empty_list_is_an_empty_table(store: Store, form: str) -> None:
    assert exporter.export(store, "monthly", form, io.BytesIO()).written == 0


def test_a_page_ends_where_the_next_begins(
    people: Store, monkeypatch: pytest.MonkeyPatch, at: dt.datetime
) -> None:
    last = {"zeal": "much", "first_name": "Ivo"}
    people.add("ivo@example.org", "monthly", last, FORM, SubscriptionStatus.CONFIRMED, at)
    whole = _bytes(people, "csv")
    assert _rows(whole)[-1]["zeal"] == "much"
    monkeypatch.setattr(reading, "PAGE", 2)
    assert _bytes(people, "csv") == whole
