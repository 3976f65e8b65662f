from __future__ import annotations

import datetime as dt
import io
import os
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from subscribers import schema
from subscribers.errors import BadFile, BadValue, NoFile, UnknownList
from subscribers.importing import importer
from subscribers.importing.importer import import_file
from subscribers.importing.reading import Wishes
from subscribers.importing.report import ImportReport
from subscribers.model import (
    Consent,
    ConsentChange,
    SubscriptionStatus,
    SuppressionReason,
)
from subscribers.store import Store

Audience = Callable[[str], list[str]]
Import = Callable[..., ImportReport]

CONSENT = "signed up at the conference"
CHUNK = 1_000


@pytest.fixture
def bring(store: Store, at: dt.datetime) -> Import:
    """Import text or bytes onto `monthly`."""

    def bring(
        content: str | bytes, confirmed: str | None = CONSENT, dry_run: bool = False
    ) -> ImportReport:
        encoded = content.encode() if isinstance(content, str) else content
        wishes = Wishes(confirmed=confirmed)
        return import_file(store, io.BytesIO(encoded), "monthly", wishes, at, dry_run=dry_run)

    return bring


def _counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    """(added, updated, unchanged, skipped, errors), which must add up."""
    counts = (report.added, report.updated, report.unchanged, report.skipped, report.bad)
    assert report.read == sum(counts)
    assert report.read == sum(report.stands.values()) + report.left_out + report.bad
    return counts


def _contents(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with store.database.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table))]
            for table in schema.metadata.sorted_tables
        }


class TestWhatIsRead:
    @pytest.mark.parametrize(
        "content",
        [
            "email,city\nanna@example.org,Köln\n".encode(),
            "email,city\nanna@example.org,Köln\n".encode("utf-8-sig"),
            "email,city\nanna@example.org,Köln\n".encode("utf-16"),
            b"\xfe\xff" + "email,city\nanna@example.org,Köln\n".encode("utf-16-be"),
            "email;city\r\nanna@example.org;Köln\r\n".encode(),
            "email\tcity\ranna@example.org\tKöln\r".encode(),
            "\n\nCity,E-Mail\nKöln, anna@example.org ".encode(),
            'EMAIL ADDRESS,"City"\n"anna@example.org","Köln"'.encode(),
            "address;city;\nanna@example.org;Köln;\n;;\n\n".encode(),
            '"email";"ci""ty, or so";city\nanna@example.org;;Köln'.encode(),
            "email;city\r\nanna@example.org;Köln\r\n".encode("cp1252"),
            "email,city\nanna@example.org,Köln\n".encode("utf-16-le"),
            "email,city\nanna@example.org,Köln\n".encode("utf-16-be"),
            "email,city\nanna@example.org,Köln\n".encode("utf-32"),
        ],
        ids=range(14),
    )
    def test_encodings_separators_and_headings_are_told_from_the_file(
        self, store: Store, bring: Import, content: bytes
    ) -> None:
        assert _counts(bring(content)) == (1, 0, 0, 0, 0)
        assert store.show("anna@example.org").attributes == {"city": "Köln"}

    def test_a_path_is_read_as_a_stream_is(
        self, store: Store, tmp_path: Path, at: dt.datetime
    ) -> None:
        path = tmp_path / "readers.csv"
        path.write_text("email\nanna@example.org\n")
        assert _counts(import_file(store, path, "monthly", Wishes(), at)) == (1, 0, 0, 0, 0)

    def test_a_missing_file_is_named(self, store: Store, tmp_path: Path, at: dt.datetime) -> None:
        with pytest.raises(NoFile, match=r"nobody\.csv: there is no such file"):
            import_file(store, tmp_path / "nobody.csv", "monthly", Wishes(), at)

    def test_the_caller_keeps_the_stream(self, store: Store, at: dt.datetime) -> None:
        stream = io.BytesIO(b"email\nanna@example.org\n")
        import_file(store, stream, "monthly", Wishes(), at)
        assert not stream.closed

    def test_line_ends_in_quotes_stay(self, store: Store, bring: Import) -> None:
        bring('email,notes\nanna@example.org,"one\r\ntwo, ""three"""\nben@example.org,x\n')
        assert store.show("anna@example.org").attributes == {"notes": 'one\r\ntwo, "three"'}
        assert store.show("ben@example.org").attributes == {"notes": "x"}

    def test_an_empty_cell_is_no_attribute_and_takes_none_away(
        self, store: Store, bring: Import
    ) -> None:
        bring("email,city\nanna@example.org,Bonn\nben@example.org,\n")
        assert _counts(bring("email,city\nanna@example.org,\n")) == (0, 0, 1, 0, 0)
        assert store.show("anna@example.org").attributes == {"city": "Bonn"}
        assert store.show("ben@example.org").attributes == {}

    def test_white_space_around_a_value_is_no_part_of_it(self, store: Store, bring: Import) -> None:
        bring("email,city,town\nanna@example.org,  , Bonn\u00a0\n")
        assert store.show("anna@example.org").attributes == {"town": "Bonn"}

    def test_the_street_address_beside_an_email_column_is_an_attribute(
        self, store: Store, bring: Import
    ) -> None:
        bring("Address,Email\n1 High Street,anna@example.org\n")
        assert store.show("anna@example.org").attributes == {"address": "1 High Street"}

    def test_a_file_with_a_header_alone_brings_nobody(self, bring: Import) -> None:
        assert _counts(bring("email,city\n")) == (0, 0, 0, 0, 0)

    def test_an_unknown_list_is_refused(self, store: Store, at: dt.datetime) -> None:
        with pytest.raises(UnknownList):
            import_file(store, io.BytesIO(b"email\n"), "daily", Wishes(), at)


class TestConsent:
    def test_with_it_rows_are_confirmed_and_the_log_says_why(
        self, store: Store, bring: Import, audience: Audience, at: dt.datetime
    ) -> None:
        bring("email,consent,joined\nanna@example.org,form 7,2019-03-01\nben@example.org,,\n")
        assert audience("monthly") == ["anna@example.org", "ben@example.org"]
        anna, ben = store.show("anna@example.org"), store.show("ben@example.org")
        assert anna.subscriptions[0].confirmed_at == dt.datetime(2019, 3, 1, tzinfo=dt.UTC)
        assert ben.subscriptions[0].confirmed_at == at
        assert anna.attributes == {"joined": "2019-03-01"}
        (event,) = anna.consents
        assert (event.event, event.how, event.at) == (ConsentChange.IMPORTED, "import", at)
        assert event.evidence == f"{CONSENT}; form 7; given on 2019-03-01"
        assert ben.consents[0].evidence == CONSENT

    def test_without_it_everybody_stays_pending_whatever_the_rows_say(
        self, store: Store, bring: Import, audience: Audience
    ) -> None:
        bring("email,consent,joined\nanna@example.org,form 7,2019-03-01\n", confirmed=None)
        assert audience("monthly") == []
        anna = store.show("anna@example.org")
        assert anna.subscriptions[0].status is SubscriptionStatus.PENDING
        assert anna.consents[0].evidence == "form 7; given on 2019-03-01"

    @pytest.mark.parametrize("word", ["no", "False", "0"])
    def test_who_said_no_was_never_a_subscriber(
        self, bring: Import, audience: Audience, word: str
    ) -> None:
        report = bring(f"email,consent\nanna@example.org,{word}\nben@example.org,yes\n")
        assert (report.never, audience("monthly")) == (1, ["ben@example.org"])

    def test_a_later_import_with_it_confirms_who_was_pending(
        self, bring: Import, audience: Audience
    ) -> None:
        bring("email\nanna@example.org\n", confirmed=None)
        assert _counts(bring("email\nanna@example.org\n")) == (0, 1, 0, 0, 0)
        assert audience("monthly") == ["anna@example.org"]
        assert _counts(bring("email\nanna@example.org\n", confirmed=None)) == (0, 0, 1, 0, 0)

    @pytest.mark.parametrize("words", ["", "  ", "a\0b"])
    def test_words_that_prove_nothing_are_refused(self, bring: Import, words: str) -> None:
        with pytest.raises(BadValue, match="the consent"):
            bring("email\nanna@example.org\n", confirmed=words)

    def test_who_left_or_is_suppressed_is_skipped_and_stays_as_they_are(
        self, store: Store, bring: Import, audience: Audience, at: dt.datetime
    ) -> None:
        bring("email,city\nanna@example.org,Bonn\nben@example.org,Bonn\ncleo@example.org,Bonn\n")
        store.unsubscribe("anna@example.org", "monthly", "request", at)
        store.suppress("ben@example.org", None, SuppressionReason.BOUNCED, "550", at)
        store.suppress("dora@example.org", "monthly", SuppressionReason.MANUAL, "", at)
        before = _contents(store)
        everybody = "".join(f"{name}@example.org,Köln\n" for name in ("Anna", "ben", "dora"))
        assert _counts(bring("email,city\n" + everybody)) == (0, 0, 0, 3, 0)
        assert _contents(store) == before
        assert audience("monthly") == ["cleo@example.org"]


class TestTwice:
    FILE = "email,city\nanna@example.org,Bonn\nben@example.org,\n"

    def test_the_same_file_again_changes_nothing(self, store: Store, bring: Import) -> None:
        assert _counts(bring(self.FILE)) == (2, 0, 0, 0, 0)
        before = _contents(store)
        assert _counts(bring(self.FILE)) == (0, 0, 2, 0, 0)
        assert _contents(store) == before

    @pytest.mark.parametrize("gap", [0, 2 * CHUNK], ids=["same chunk", "another chunk"])
    @pytest.mark.parametrize("dry_run", [False, True], ids=["import", "dry run"])
    def test_of_rows_about_one_person_the_last_wins_and_the_others_are_counted(
        self, store: Store, bring: Import, gap: int, dry_run: bool
    ) -> None:
        between = "".join(f"r{n}@example.org,\n" for n in range(gap))
        rows = f"anna@example.org,Bonn\n{between}ANNA@example.org,\nanna@EXAMPLE.org,Köln\n"
        report = bring("email,city\n" + rows, dry_run=dry_run)
        assert _counts(report) == (1 + gap, 0, 0, 2, 0)
        assert report.repeated == 2
        if not dry_run:
            anna = store.show("anna@example.org")
            assert anna.attributes == {"city": "Köln"}
            assert len(anna.consents) == 1

    def test_an_update_keeps_the_token(self, store: Store, bring: Import) -> None:
        """A link in an old mail goes on working."""
        bring(self.FILE)
        before = store.show("anna@example.org").subscriptions
        bring("email,city\nanna@example.org,Köln\n")
        assert store.show("anna@example.org").subscriptions == before

    def test_a_person_of_another_list_is_added_to_this_one(
        self, store: Store, bring: Import, at: dt.datetime
    ) -> None:
        consent = Consent("form", "yes")
        attributes = {"city": "Bonn", "plan": "free"}
        status = SubscriptionStatus.CONFIRMED
        store.add("anna@example.org", "weekly", attributes, consent, status, at)
        assert _counts(bring("email,city\nanna@example.org,Köln\n")) == (1, 0, 0, 0, 0)
        anna = store.show("anna@example.org")
        assert anna.attributes == {"city": "Köln", "plan": "free"}
        assert [subscription.list for subscription in anna.subscriptions] == ["weekly", "monthly"]

    def test_a_dry_run_reports_the_same_and_writes_nothing(
        self, store: Store, bring: Import, at: dt.datetime
    ) -> None:
        bring("email,city\nanna@example.org,Bonn\nben@example.org,Bonn\ncleo@example.org,Bonn\n")
        store.unsubscribe("cleo@example.org", None, "request", at)
        store.suppress("emil@example.org", None, SuppressionReason.MANUAL, "", at)
        names = ("anna", "ben", "cleo", "dora", "emil", "dora", "not an address")
        rows = "".join(f"{name}@example.org,Bonn\n" for name in names)
        content = f"email,city\n{rows}ben@example.org,Köln\n"
        before = _contents(store)
        rehearsed = bring(content, dry_run=True)
        assert _contents(store) == before
        assert rehearsed == bring(content)
        assert _counts(rehearsed) == (1, 1, 1, 4, 1)


class _Cable(io.RawIOBase):
    """A file made as it is read, so that it is never whole in memory; `cut` breaks it off."""

    def __init__(self, lines: Iterator[bytes], cut: int | None = None) -> None:
        self._lines = lines
        self._left = b""
        self._cut = cut
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while len(self._left) < len(buffer) and (line := next(self._lines, b"")):
            self._left += line
        if self._cut is not None and self._given >= self._cut:
            raise OSError("the cable was pulled")
        piece, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(piece)] = piece
        self._given += len(piece)
        return len(piece)


def _many(rows: int) -> Iterator[bytes]:
    yield b"email,first_name,notes\n"
    for number in range(rows):
        yield b"reader%d@example.org,Reader %d,%s\n" % (number, number, b"x" * 40)


def _file(rows: int, cut: int | None = None) -> Any:
    return _Cable(_many(rows), cut)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importer, "CHUNK", CHUNK)


@pytest.mark.usefixtures("small_chunks")
class TestManyRows:
    def test_a_stopped_import_is_run_again_and_finishes(
        self, store: Store, at: dt.datetime
    ) -> None:
        """Whole chunks are kept, no half row, and nobody is there twice."""
        rows = 3 * CHUNK
        tokens = [os.urandom(16) for _ in range(CHUNK * 5 // 2)]
        stopping = replace(store, new_token=tokens.pop)
        wishes = Wishes(confirmed=CONSENT)
        with pytest.raises(IndexError):
            import_file(stopping, _file(rows), "monthly", wishes, at)
        contents = _contents(store)
        kept = len(contents["subscribers"])
        assert kept in (CHUNK, 2 * CHUNK)
        assert kept == len(contents["subscriptions"]) == len(contents["consent_events"])
        report = import_file(store, _file(rows), "monthly", wishes, at)
        assert _counts(report) == (rows - kept, 0, kept, 0, 0)
        contents = _contents(store)
        assert len(contents["subscriptions"]) == len(contents["consent_events"]) == rows

    def test_it_tells_how_far_it_is(self, store: Store, at: dt.datetime) -> None:
        read, stored = [], []
        watch = importer.Watch(read.append, stored.append)
        import_file(store, _file(3 * CHUNK), "monthly", Wishes(), at, watch=watch)
        assert sum(read) == sum(stored) == 3 * CHUNK
        assert stored == [CHUNK] * 3

    def test_a_stream_that_breaks_off_brings_nobody(self, store: Store, at: dt.datetime) -> None:
        with pytest.raises(BadFile, match="the cable was pulled"):
            import_file(store, _file(10_000, 150_000), "monthly", Wishes(), at)
        assert not _contents(store)["subscribers"]

    def test_two_imports_at_once_bring_everybody_once(self, store: Store, at: dt.datetime) -> None:
        rows = 2 * CHUNK + 1
        with ThreadPoolExecutor(2) as pool:
            running = [
                pool.submit(
                    import_file, store, _file(rows), "monthly", Wishes(confirmed=CONSENT), at
                )
                for _ in range(2)
            ]
            reports = [future.result() for future in running]
        assert sum(report.added for report in reports) == rows
        assert sum(report.unchanged for report in reports) == rows
        contents = _contents(store)
        assert len(contents["subscriptions"]) == len(contents["consent_events"]) == rows

    @pytest.mark.parametrize("dry_run", [False, True], ids=["import", "dry run"])
    def test_memory_does_not_grow_with_the_file(
        self, store: Store, at: dt.datetime, dry_run: bool
    ) -> None:
        rows = 10_000
        tracemalloc.start()
        try:
            report = import_file(store, _file(rows), "monthly", Wishes(), at, dry_run=dry_run)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert report.added == rows
        assert peak < 8_000_000


class TestBadRows:
    def test_a_row_without_an_end_costs_itself_alone(self, store: Store, bring: Import) -> None:
        """Ten megabytes in one cell, quoted or not, on one line or on many."""
        huge = "x" * 10_000_000
        lines = "x" * 99 + "\n"
        content = (
            "email,notes\n"
            f"anna@example.org,{huge}\n"
            "ben@example.org,good\n"
            f'cleo@example.org,"{huge}"\n'
            f"{huge}@example.org,\n"
            "dora@example.org,good\n"
        )
        report = bring(content)
        assert _counts(report) == (2, 0, 0, 0, 3)
        assert [error.row for error in report.errors] == [2, 4, 5]
        assert all("1,000,000" in error.message for error in report.errors)
        unclosed = f'email,notes\nemil@example.org,"{lines * 2_000}\nfay@example.org,good\n'
        report = bring(unclosed)
        assert (report.added, report.errors[0].row) == (1, 2)
        assert "close its quote" in report.errors[0].message

    def test_a_header_without_an_end_is_refused(self, bring: Import) -> None:
        with pytest.raises(BadFile, match="row 1: the row has more than"):
            bring("email," + "x" * 2_000_000)

    def test_what_is_kept_comes_back_as_it_was(self, store: Store, bring: Import) -> None:
        texts = [
            "two  words",
            "=1+1",
            "'; DROP TABLE lists; --",
            "<script>",
            "\u202e",
            "ß",
            "🎉",
            "NULL",
        ]
        rows = "".join(f"r{n}@example.org,{text}\n" for n, text in enumerate(texts))
        assert _counts(bring("email,value\n" + rows)) == (len(texts), 0, 0, 0, 0)
        found = [store.show(f"r{n}@example.org").attributes["value"] for n in range(len(texts))]
        assert found == texts


_BAD = Path(__file__).parents[1] / "bad"


@pytest.mark.parametrize("path", sorted(_BAD.glob("*.csv")), ids=lambda path: path.stem)
@pytest.mark.parametrize("dry_run", [False, True], ids=["import", "dry run"])
def test_a_bad_file_is_explained_as_expected(
    store: Store, at: dt.datetime, path: Path, dry_run: bool
) -> None:
    """Beside each file of the folder stands what an import of it says."""
    assert _said(store, path, at, dry_run) == path.with_suffix(".expected").read_text("utf-8")


def _said(store: Store, path: Path, at: dt.datetime, dry_run: bool) -> str:
    try:
        report = import_file(store, path, "monthly", Wishes(confirmed=CONSENT), at, dry_run=dry_run)
    except BadFile as error:
        return f"refused: {error}\n".replace(f"{path}: ", "")
    assert report.read == report.added + len(report.errors)
    return "".join(f"{error}\n" for error in report.errors) + f"{report.added} added\n"
