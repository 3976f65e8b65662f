"""What an import of somebody else's readers does beside reading them."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import acts
import pytest
import sqlalchemy as sa
from workbooks import workbook

from subscribers.errors import BadFile, UnknownSubscriber
from subscribers.importing.importer import import_file
from subscribers.importing.reading import Wishes
from subscribers.importing.report import ImportReport, Stand
from subscribers.model import Consent, ConsentChange, SubscriptionStatus, SuppressionReason
from subscribers.store import Store

pytestmark = pytest.mark.both_databases

_SOURCES = Path(__file__).parents[1] / "sources"
_DEPARTED = "email,status,left_at\nanna@example.org,unsubscribed,{}\n"
_DATES = {"left_at": "left_at", "status": "status"}

Bring = Callable[..., ImportReport]


@pytest.fixture
def bring(store: Store, at: dt.datetime) -> Bring:
    """Import text or bytes onto `monthly`."""

    def bring(content: str | bytes, later: int = 0, **wishes: Any) -> ImportReport:
        encoded = content.encode() if isinstance(content, str) else content
        when = at + dt.timedelta(days=later)
        return import_file(store, io.BytesIO(encoded), "monthly", Wishes(**wishes), when)

    return bring


@pytest.fixture
def status(store: Store) -> Callable[[str], SubscriptionStatus]:
    return lambda email: store.show(email).subscriptions[0].status


def _zip(**files: str | bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


class TestTags:
    def test_new_tags_alone_are_a_change_and_known_ones_none(
        self, store: Store, bring: Bring
    ) -> None:
        counts = []
        for tags in ("a", "A", "a,b", "b", ""):
            report = bring(f'email,tags\nanna@example.org,"{tags}"\n')
            counts.append((report.added, report.updated, report.unchanged))
        assert counts == [(1, 0, 0), (0, 0, 1), (0, 1, 0), (0, 0, 1), (0, 0, 1)]
        assert store.show("anna@example.org").tags == ("a", "b")


class TestLanguages:
    def test_a_language_is_told_of_whom_none_is_known(
        self, store: Store, bring: Bring, at: dt.datetime
    ) -> None:
        """What is known may be their own choice."""
        counts = []
        for language in ("", "DE", "de", "fr"):
            report = bring(f"email,language\nanna@example.org,{language}\n")
            counts.append((report.added, report.updated, report.unchanged))
        assert counts == [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, 1)]
        anna = store.show("anna@example.org")
        assert (anna.language, anna.attributes) == ("de", {})
        (change,) = anna.changes
        assert (change.field, change.before, change.after) == ("language", None, "de")

    def test_strangers_arrive_with_theirs_and_the_last_of_several_rows_tells(
        self, store: Store, bring: Bring
    ) -> None:
        rows = "anna@example.org,pt_BR,a\nben@example.org,fr,\nben@example.org,Italian,\n"
        report = bring(f"email,language,tags\n{rows}cleo@example.org,Bavarian?,\n")
        assert [store.show(f"{name}@example.org").language for name in ("anna", "ben")] == [
            "pt-br",
            "it",
        ]
        assert str(report.errors[0]).startswith("row 5: 'Bavarian?' is no language")

    def test_a_column_of_that_name_means_it_with_any_source(
        self, store: Store, bring: Bring
    ) -> None:
        """As an attribute nobody could ask for it: a segment's `language` is the person's."""
        bring("Email Address,OPTIN_TIME,CONFIRM_TIME,Language\nanna@example.org,,,Deutsch\n")
        anna = store.show("anna@example.org")
        assert (anna.language, anna.attributes) == ("de", {})


def test_who_left_is_not_guessed_where_an_export_of_those_who_left_lacks_the_time(
    store: Store, bring: Bring
) -> None:
    """Somebody may have put an audience's tables together; nobody but they could come back."""
    columns = "Email Address,OPTIN_TIME,CONFIRM_TIME,{}\n"
    for heading in ("UNSUB_TIME", "CLEAN_TIME"):
        rows = "anna@example.org,,2020-01-02,\nben@example.org,,2020-01-02,2020-05-06\n"
        report = bring(columns.format(heading) + rows)
        assert (report.read, report.bad) == (2, 1)
        assert str(report.errors[0]).startswith(f"row 2: {heading} is empty")
    with pytest.raises(UnknownSubscriber):
        store.show("anna@example.org")
    bring("Email Address,UNSUB_TIME,UNSUB_REASON\ncleo@example.org,,blocked by the editor\n")
    (left,) = store.show("cleo@example.org").subscriptions
    assert left.status is SubscriptionStatus.UNSUBSCRIBED


class TestArchives:
    def test_a_whole_audience_arrives_with_who_left_and_counts_who_never_came(
        self, store: Store, bring: Bring, audience: Callable[[str], list[str]]
    ) -> None:
        files = {path.name: path.read_bytes() for path in _SOURCES.glob("*_members_export_*.csv")}
        report = bring(_zip(**files, **{"__MACOSX/x.csv": b"junk", "notes.txt": b"not a table"}))
        assert report.stands == {
            Stand.CONFIRMED: 2,
            Stand.PENDING: 2,
            Stand.UNSUBSCRIBED: 1,
            Stand.SUPPRESSED: 2,
        }
        assert (report.read, report.never, report.bad) == (10, 2, 1)
        assert sorted(audience("monthly")) == ["Ben@Example.ORG", "anna@example.org"]
        assert report.errors[0].file == "subscribed_members_export_1a2b.csv"

    def test_who_left_in_one_file_is_not_brought_back_by_another(
        self, bring: Bring, status: Callable[[str], SubscriptionStatus]
    ) -> None:
        header = "Email Address,OPTIN_TIME,CONFIRM_TIME"
        row = "anna@example.org,2019-01-01,2019-01-01"
        for names in (("unsubscribed.csv", "subscribed.csv"), ("cleaned.csv", "subscribed.csv")):
            report = bring(_zip(**dict.fromkeys(names, f"{header}\n{row}\n")))
            assert (report.read, report.repeated) == (2, 1)
            assert status("anna@example.org") is SubscriptionStatus.UNSUBSCRIBED

    @pytest.mark.parametrize("name", ["auto", "substack"])
    def test_to_whom_issues_went_is_passed_over_beside_the_readers(
        self, bring: Bring, audience: Callable[[str], list[str]], name: str
    ) -> None:
        """Those who left since then are among them."""
        packed = _zip(
            **{
                "posts.csv": "post_id,title\n1,Hello\n",
                "posts/1.delivers.csv": "post_id,timestamp,email\n1,2020-01-01,ben@example.org\n",
                "email_list.news.csv": "email,email_disabled\nanna@example.org,false\n",
            }
        )
        report = bring(packed, confirmed="a form", format=name)
        assert (report.read, audience("monthly")) == (1, ["anna@example.org"])
        assert report.passed_over == ("posts.csv", "1.delivers.csv")

    def test_tables_of_no_program_are_read_where_none_of_one_is(self, bring: Bring) -> None:
        files = {"cities.csv": "city\nBonn\n", "a.csv": "email\nanna@example.org\n"}
        report = bring(_zip(**files, **{"b.txt": "ben@example.org\n"}))
        assert (report.added, report.passed_over) == (2, ("cities.csv",))

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (_zip(**{"a.html": "x"}), "the zip holds no table"),
            (_zip(**{"a.csv": "city\nBonn\n"}), "no column `email` in any of a.csv"),
            (_zip(**{"a.csv": "email,List Title\n"}), "a.csv: row 1: column 2"),
            (_zip(**{"a.csv": "email\nanna@example.org\n"})[:60], "damaged zip"),
            (_zip(**{"[Content_Types].xml": "<x"}), "is no workbook that can be read"),
        ],
        ids=["no table", "no addresses", "bad header", "cut off", "no workbook"],
    )
    def test_what_cannot_be_read_is_refused_in_a_line(
        self, bring: Bring, content: bytes, said: str
    ) -> None:
        with pytest.raises(BadFile, match=said):
            bring(content)


class TestWorkbooks:
    def test_the_first_sheet_with_rows_is_a_table(self, store: Store, bring: Bring) -> None:
        when = dt.datetime(2020, 1, 2, 3, 4)  # noqa: DTZ001 - a workbook knows no zones
        rows = [
            [],
            ["email", "age", "vip", "joined", "seen", "share"],
            ["anna@example.org", 41, True, dt.date(2019, 3, 1), when, 0.5],
            [],
            ["ben", None, None, None, None, None],
        ]
        report = bring(workbook({"empty": [], "people": rows}))
        assert report.recognised[0].kind == "a workbook, sheet 'people'"
        assert [str(error).partition(":")[0] for error in report.errors] == ["row 5"]
        assert store.show("anna@example.org").attributes == {
            "age": "41",
            "vip": "true",
            "joined": "2019-03-01",
            "seen": "2020-01-02T03:04:00",
            "share": "0.5",
        }

    def test_an_empty_one_is_refused(self, bring: Bring) -> None:
        with pytest.raises(BadFile, match="the workbook is empty"):
            bring(workbook({"empty": []}))


_ROWS = (
    ("Kontakt", "Vorname", "Stand", "Seit", "Gruppen", "Intern"),
    ("anna@example.org", "Anna", "aktiv?", "2019-03-01", "a,b", "7"),
    ("ben@example.org", "Ben", "Opted  out", "", "", "8"),
    ("cleo@example.org", "Cleo", "yes", "2019-03-01 10:00", "b", "9"),
)


def _lines(separator: str) -> bytes:
    return "".join(f"{separator.join(row)}\n" for row in _ROWS).encode()


def _objects() -> bytes:
    head, *rows = _ROWS
    return "\n".join(json.dumps(dict(zip(head, row, strict=True))) for row in rows).encode()


class TestMapping:
    @pytest.mark.parametrize(
        ("content", "first"),
        [(_lines(";"), 2), (_lines("\t"), 2), (workbook({"a": _ROWS}), 2), (_objects(), 1)],
        ids=["CSV", "TSV", "XLSX", "JSON lines"],
    )
    def test_columns_mean_what_is_said(
        self, store: Store, bring: Bring, content: bytes, first: int
    ) -> None:
        mapping = {"kontakt": "email", "vorname": "first_name", "stand": "status"}
        mapping |= {"seit": "confirmed_at", "gruppen": "tags", "intern": "-"}
        report = bring(content, mapping=mapping)
        assert str(report.errors[0]).startswith(f"row {first}: the status 'aktiv?'")
        assert report.stands[Stand.CONFIRMED] == report.stands[Stand.UNSUBSCRIBED] == 1
        cleo = store.show("cleo@example.org")
        assert (cleo.attributes, cleo.tags) == ({"first_name": "Cleo"}, ("b",))
        assert cleo.subscriptions[0].confirmed_at == dt.datetime(2019, 3, 1, 10, tzinfo=dt.UTC)

    @pytest.mark.parametrize(
        ("mapping", "said"),
        [
            ({"mail": "email"}, "no column 'mail' to be mapped"),
            ({"a": "email", "b": "email"}, "2 columns hold addresses"),
            ({"a": "email", "b": "Not A Name"}, "cannot name an attribute"),
            ({"a": "email", "b": "tags", "c": "tags"}, "2 columns mean tags"),
            ({}, "no column `email`"),
        ],
    )
    def test_what_cannot_be_meant_is_refused(
        self, bring: Bring, mapping: dict[str, str], said: str
    ) -> None:
        with pytest.raises(BadFile, match=said):
            bring("a,b,c\n1,2,3\n", mapping=mapping)

    def test_a_source_that_is_not_the_one_named_is_refused(self, bring: Bring) -> None:
        with pytest.raises(BadFile, match="no export of ghost: the header lacks"):
            bring("email\n", format="ghost")
        assert bring("email,active_subscription,email_disabled\n", format="csv").read == 0


class TestColumnsThatMaySayWhoLeft:
    @pytest.mark.parametrize("heading", ["Status", "Unsubscribed", "opt-out"])
    def test_they_are_asked_about_and_nobody_is_taken_for_a_reader(
        self, bring: Bring, audience: Callable[[str], list[str]], heading: str
    ) -> None:
        text = f"email,{heading}\nanna@example.org,yes\n"
        with pytest.raises(BadFile, match=f"{heading!r} may say who left"):
            bring(text, confirmed="a form")
        assert audience("monthly") == []

    @pytest.mark.parametrize(
        "name", ["Unsubscribed.csv", "opt-outs.txt", "opt_out_list.csv", "my_bounces.csv"]
    )
    def test_a_file_named_after_who_left_is_asked_about_too(
        self, store: Store, at: dt.datetime, tmp_path: Path, name: str
    ) -> None:
        file = tmp_path / name
        file.write_text("email,status\nanna@example.org,unsubscribed\n", encoding="utf-8")
        mapping = {"status": "city"}
        with pytest.raises(BadFile, match=f"{name!r} is a name for people who left"):
            import_file(store, file, "monthly", Wishes(mapping=mapping, confirmed="a form"), at)
        report = import_file(store, file, "monthly", Wishes(mapping={"status": "status"}), at)
        assert report.stands[Stand.UNSUBSCRIBED] == 1
        assert import_file(store, file, "weekly", Wishes("csv"), at).stands[Stand.PENDING] == 1

    def test_named_as_an_attribute_or_in_a_table_taken_as_it_is_they_are_one(
        self, store: Store, bring: Bring
    ) -> None:
        text = "email,status\nanna@example.org,gold\n"
        bring(text, format="csv")
        bring(text, mapping={"status": "class"})
        assert store.show("anna@example.org").attributes == {"class": "gold", "status": "gold"}

    @pytest.mark.parametrize(
        ("heading", "said", "stand"),
        [
            ("unsubscribed", "yes", Stand.UNSUBSCRIBED),
            ("unsubscribed", "", Stand.CONFIRMED),
            ("opt out", "0", Stand.CONFIRMED),
            ("bounced", "true", Stand.SUPPRESSED),
            ("subscribed", "no", Stand.UNSUBSCRIBED),
            ("subscribed", "yes", Stand.CONFIRMED),
        ],
    )
    def test_yes_and_no_mean_what_the_heading_says(
        self, bring: Bring, heading: str, said: str, stand: Stand
    ) -> None:
        text = f"email,{heading}\nanna@example.org,{said}\n"
        report = bring(text, mapping={heading: "status"}, confirmed="a form")
        assert report.stands[stand] == 1


def test_a_date_with_points_has_its_day_first(store: Store, bring: Bring) -> None:
    text = "email,since\nanna@example.org,4.3.2020 10:15\nben@example.org,31.12.2019\n"
    assert bring(text, mapping={"since": "confirmed_at"}).stands[Stand.CONFIRMED] == 2
    confirmed_at = store.show("anna@example.org").subscriptions[0].confirmed_at
    assert confirmed_at == dt.datetime(2020, 3, 4, 10, 15, tzinfo=dt.UTC)


class TestWhoLeftElsewhere:
    @pytest.mark.parametrize("left_at", ["", "2020-06-01"], ids=["no date", "dated"])
    def test_they_leave_here_too_and_the_log_tells(
        self, store: Store, bring: Bring, left_at: str
    ) -> None:
        bring("email,joined\nanna@example.org,2020-01-01\n", confirmed="a fair")
        report = bring(_DEPARTED.format(left_at), 1, mapping=_DATES)
        assert (report.updated, report.stands[Stand.UNSUBSCRIBED]) == (1, 1)
        anna = store.show("anna@example.org")
        assert anna.subscriptions[0].status is SubscriptionStatus.UNSUBSCRIBED
        assert anna.consents[-1].event is ConsentChange.UNSUBSCRIBED
        again = bring(_DEPARTED.format(left_at), 2, mapping=_DATES)
        assert again.unchanged == 1
        assert store.show("anna@example.org") == anna

    @pytest.mark.parametrize("left_at", ["", "2020-06-01"], ids=["no date", "dated"])
    def test_who_came_back_to_us_by_themselves_stays(
        self,
        store: Store,
        bring: Bring,
        at: dt.datetime,
        left_at: str,
        audience: Callable[[str], list[str]],
    ) -> None:
        bring(_DEPARTED.format(left_at), mapping=_DATES)
        token = store.show("anna@example.org").subscriptions[0].token
        store.resubscribe_token(token, Consent("preferences", "yes"), at)
        assert audience("monthly") == ["anna@example.org"]
        report = bring(_DEPARTED.format(left_at), 1, mapping=_DATES)
        assert (report.skipped, report.stands[Stand.CONFIRMED]) == (1, 1)
        assert audience("monthly") == ["anna@example.org"]

    def test_a_later_departure_ends_what_they_began_with_us(
        self, store: Store, bring: Bring, at: dt.datetime
    ) -> None:
        bring("email\nanna@example.org\n")
        token = store.show("anna@example.org").subscriptions[0].token
        store.resubscribe_token(token, Consent("form", "yes"), at)
        bring(_DEPARTED.format("2021-02-03"), 5, mapping=_DATES)
        status = store.show("anna@example.org").subscriptions[0].status
        assert status is SubscriptionStatus.UNSUBSCRIBED

    def test_no_import_brings_them_back(
        self, bring: Bring, audience: Callable[[str], list[str]]
    ) -> None:
        bring(_DEPARTED.format(""), mapping=_DATES)
        report = bring("email\nanna@example.org\n", confirmed="a fair")
        assert (report.skipped, report.stands[Stand.UNSUBSCRIBED]) == (1, 1)
        assert audience("monthly") == []

    def test_a_worse_reason_takes_the_place_of_a_lighter(self, store: Store, bring: Bring) -> None:
        header = "email,status\n"
        for status in ("disabled", "bounced", "complained", "bounced"):
            bring(f"{header}anna@example.org,{status}\n", mapping={"status": "status"})
        (suppression,) = store.show("anna@example.org").suppressions
        assert (suppression.list, suppression.reason.value) == (None, "complained")


def test_who_was_erased_and_left_elsewhere_comes_back_by_their_own_word(
    store: Store, bring: Bring, audience: Callable[[str], list[str]], at: dt.datetime
) -> None:
    """Somebody had signed them up in between. What is held against them stands in one place."""
    anna = "anna@example.org"
    acts.erase(store, anna)
    acts.sign_up(store, anna, "monthly", at)
    for status in ("unsubscribed", "bounced"):
        bring(f"email,status\n{anna},{status}\n", mapping={"status": "status"})
    assert store.unsuppress(anna, "monthly", at) is SuppressionReason.UNSUBSCRIBED
    later = at + dt.timedelta(days=40)
    given = acts.sign_up(store, anna, "weekly", later).given
    assert given is not None
    assert acts.confirm(store, given.token, later)
    assert (audience("weekly"), audience("monthly")) == ([anna], [])


def test_several_rows_about_one_person_are_one_person(store: Store, bring: Bring) -> None:
    """The last attribute wins, tags add up, a proven consent stays; rows are counted."""
    text = (
        "email,city,plan,tags,confirmed\n"
        "Anna@example.org,Bonn,free,a,2019-03-01\n"
        "ben@example.org,,,,\n"
        "anna@example.org,Köln,,b,\n"
    )
    mapping = {"confirmed": "confirmed_at"}
    for _ in range(2):
        report = bring(text, mapping=mapping)
        assert (report.read, report.repeated, report.skipped) == (3, 1, 1)
    assert (report.unchanged, report.updated) == (2, 0)
    anna = store.show("anna@example.org")
    assert anna.email == "Anna@example.org"
    assert anna.attributes == {"city": "Köln", "plan": "free"}
    assert anna.tags == ("a", "b")
    assert anna.subscriptions[0].status is SubscriptionStatus.CONFIRMED


def test_a_value_that_is_not_of_its_kind_costs_its_row(
    store: Store, bring: Bring, at: dt.datetime
) -> None:
    from subscribers.kinds import AttributeKind

    store.define_attribute("age", AttributeKind.NUMBER, (), at)
    report = bring("email,age\nanna@example.org,41\nben@example.org,old\n")
    assert [str(error) for error in report.errors] == [
        "row 3: age: 'old' is not a number like 12 or -0.5"
    ]
    with store.database.read() as connection:
        values = connection.execute(sa.text("SELECT number_1 FROM typed_values")).all()
    assert values == [(41.0,)]
