"""`subscriber import`, as somebody who moves in sees it."""

from __future__ import annotations

import json
import os
import shlex
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from cli.conftest import Command

_MIXED = (
    "Email Address,First Name,OPTIN_TIME,CONFIRM_TIME,LEID\n"
    "anna@example.org,Anna,2019-03-01 10:00:00,2019-03-01 10:01:00,1\n"
    "ben@gmial.com,Ben,,,2\n"
    "not an address,Cleo,,,3\n"
    'dora@example.org,"Do""ra,,,4\n'
    "emil@example.org,Emil\n"
)
_OF_MAILS = ("notices", "dispatches", "deliveries")


@pytest.fixture
def export(news: Path) -> Path:
    file = news / "subscribed_members.csv"
    file.write_text(_MIXED, encoding="utf-8")
    return file


def test_the_report_says_what_it_took_the_file_for_and_adds_up(
    mailer: Command, export: Path
) -> None:
    answer = mailer("subscriber", "import", str(export))
    assert answer.status == 1
    assert "subscribed_members.csv: Mailchimp: CSV in UTF-8, separated by commas" in answer.out
    assert "attributes first_name; left behind LEID" in answer.out
    assert "5 rows read: 2 added, 0 updated, 0 unchanged, 0 skipped, 3 with errors" in answer.out
    sum_ = "1 confirmed + 1 pending + 0 unsubscribed + 0 suppressed + 0 skipped + 3 bad"
    assert f"5 rows = {sum_}" in answer.out
    assert "1 address at gmial.com: is gmail.com meant?" in answer.out
    assert "row 4: 'not an address' is not an address" in answer.err


def test_an_import_mails_nobody_nor_orders_a_mail(
    mailer: Command, export: Path, news: Path
) -> None:
    mailer("subscriber", "import", str(export), "--confirmed", "a fair")
    with closing(sqlite3.connect(news / "mailer.db")) as c:
        orders = [c.execute(f"SELECT count(*) FROM {t}").fetchone() for t in _OF_MAILS]  # noqa: S608 # ours
    assert orders == [(0,)] * len(_OF_MAILS)
    assert not (news / "copies").exists()


def test_a_file_that_is_not_there_is_wrong_usage(mailer: Command, news: Path) -> None:
    file = news / "nobody.csv"
    answer = mailer("subscriber", "import", str(file))
    assert (answer.status, answer.err) == (
        2,
        f"mailer: {file}: there is no such file: mend its name\n",
    )


def test_a_dry_run_shows_samples_and_every_problem(mailer: Command, export: Path) -> None:
    words = ("subscriber", "import", str(export), "--dry-run")
    answer = mailer(*words)
    assert "anna@example.org: confirmed, first_name 'Anna'" in answer.out
    assert "would be 2 added" in answer.out
    assert answer.err.count("subscribed_members.csv: row ") == 3
    document = json.loads(mailer(*words, "--json").out)
    assert document["stands"]["confirmed"] == 1
    assert document["recognised"][0]["source"] == "Mailchimp"
    assert document["samples"][0]["email"] == "anna@example.org"
    assert document["typos"] == [{"domain": "gmial.com", "addresses": 1, "meant": "gmail.com"}]
    assert [error["row"] for error in document["errors"]] == [4, 5, 6]
    assert mailer("subscriber", "show", "anna@example.org").status == 2


def test_what_is_wrong_with_many_rows_is_said_once(mailer: Command, news: Path) -> None:
    file = news / "many.csv"
    rows = "".join(f"r{number}@example.org,2019-13-01\n" for number in range(7))
    file.write_text(f"email,joined\n{rows}", encoding="utf-8")
    answer = mailer("subscriber", "import", str(file), "--dry-run")
    said = "joined: '2019-13-01' is not a date like 2021-01-31"
    assert answer.err.splitlines()[0] == f"{file}: rows 2, 3, 4, 5, 6 and 2 more: {said}"
    assert "7 bad" in answer.out


def test_what_an_archive_holds_beside_the_readers_is_named(mailer: Command, news: Path) -> None:
    packed = news / "export.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("email_list.csv", "email,email_disabled\nanna@example.org,false\n")
        archive.writestr("posts/1.opens.csv", "post_id,email\n1,ben@example.org\n")
    answer = mailer("subscriber", "import", str(packed))
    assert f"{packed}: passed over, since no list of readers: 1.opens.csv\n" in answer.err
    assert mailer("subscriber", "show", "ben@example.org").status == 2


def test_bad_rows_go_into_a_file_as_they_came_and_are_imported_from_there(
    mailer: Command, export: Path
) -> None:
    bad = export.with_name("bad.csv")
    answer = mailer("subscriber", "import", str(export), "--errors", str(bad))
    assert f"import {bad}" in answer.err
    text = bad.read_text(encoding="utf-8-sig")
    assert (
        text.splitlines()[0] == "import_error,Email Address,First Name,OPTIN_TIME,CONFIRM_TIME,LEID"
    )
    assert ",not an address,Cleo,,,3\n" in text
    assert text.endswith(
        "where the header has 5: add what is missing, or put quotes around a cell "
        'that holds a separator",emil@example.org,Emil\n'
    )
    assert bad.stat().st_mode & 0o777 == 0o600
    mended = "import_error,Email Address,First Name,OPTIN_TIME,CONFIRM_TIME,LEID\n"
    bad.write_text(f"{mended}mended,cleo@example.org,Cleo,,,3\n", encoding="utf-8")
    assert mailer("subscriber", "import", str(bad)).status == 0
    cleo = json.loads(mailer("subscriber", "show", "cleo@example.org", "--json").out)
    assert cleo["attributes"] == {"first_name": "Cleo"}


def test_bad_rows_that_find_no_room_are_told_as_that(mailer: Command, export: Path) -> None:
    """And not as a source that cannot be read."""
    answer = mailer("subscriber", "import", str(export), "--errors", "/dev/full")
    assert answer.status == 1
    why = "No space left on device: name another"
    assert answer.err == f"mailer: /dev/full: the bad rows cannot be written: {why}\n"


def test_the_bad_rows_of_a_zip_lie_where_the_last_line_says(mailer: Command, news: Path) -> None:
    """A file for each table that has some."""
    packed = news / "audience.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("subscribed_members.csv", _MIXED)
        archive.writestr("cleaned_members.csv", "Email Address,CLEAN_TIME\nfay@example.org,\n")
    answer = mailer("subscriber", "import", str(packed), "--errors", str(news / "bad.csv"))
    bad = news / "bad-subscribed_members.csv"
    again = f"`mailer -C {news} subscriber import {bad}`"
    assert answer.err.endswith(f"next: mend 3 rows in {bad}, then {again}\n")
    assert list(news.glob("bad*")) == [bad]
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("subscribed_members.csv", _MIXED.splitlines()[0] + "\n")
    mailer("subscriber", "import", str(packed), "--errors", str(news / "bad.csv"))
    assert not bad.exists()


def test_mended_rows_stand_as_their_file_s_name_said(mailer: Command, news: Path) -> None:
    """It is all that says so: the last line names a file that says it, too."""
    source = news / "blocklist.csv"
    source.write_text("email,name,attributes\nanna@example,Anna,{}\n", encoding="utf-8")
    answer = mailer("subscriber", "import", str(source), "--errors", str(news / "bad.csv"))
    bad = news / "bad-blocklist.csv"
    assert f"subscriber import {bad}`" in answer.err
    bad.write_text(bad.read_text().replace(",anna@example", ",anna@example.org"))
    assert "1 suppressed" in mailer("subscriber", "import", str(bad), "--confirmed", "a fair").out


def test_what_comes_next_has_the_options_that_were_given(mailer: Command, news: Path) -> None:
    file = news / "readers.csv"
    file.write_text("Kontakt,Stand\nanna@example.org,gold\nben,gold\n", encoding="utf-8")
    mailer("list", "create", "weekly")
    options = ("--list", "weekly", "--format", "csv", "--map", "Kontakt=email", "--map", "Stand=-")
    given = ("subscriber", "import", str(file), *options, "--confirmed", "the fair of 2019")
    again = f"`mailer -C {news} {shlex.join(given)}`"
    assert f"next: mend 1 row in {file}, then {again}\n" in mailer(*given).err
    rehearsed = f"next: mend 1 row in {file}, or go without; the same without --dry-run brings"
    assert rehearsed in mailer(*given, "--dry-run").err


def test_whoever_brought_nobody_but_pending_people_is_told_how_to_ask_them(
    mailer: Command, news: Path
) -> None:
    """Words in a column `consent` prove nothing by themselves."""
    file = news / "readers.csv"
    file.write_text("email,consent\nanna@example.org,form 7\n", encoding="utf-8")
    answer = mailer("subscriber", "import", str(file))
    invite = f"`mailer -C {news} subscriber invite --limit 200 --list monthly`"
    assert answer.err.startswith(f"next: {invite} asks them; or, where you can prove their consent")
    assert "list show monthly" in mailer("subscriber", "import", str(file), "--confirmed", "x").err
    file.write_text("email,status\nben@example.org,pending\n", encoding="utf-8")
    unanswered = ("--map", "status=status", "--confirmed", "x")
    answer = mailer("subscriber", "import", str(file), *unanswered)
    assert answer.err == f"next: {invite} asks those who are pending\n"


def test_the_file_of_bad_rows_never_tells_of_another_run(mailer: Command, news: Path) -> None:
    """It goes with the first run that has none, and stays where the source could not be read."""
    source, bad, other = (news / name for name in ("in.csv", "bad.csv", "bad-other.csv"))
    other.write_text("an editor's own", encoding="utf-8")
    words = ("subscriber", "import", str(source), "--errors", str(bad))
    source.write_text("email\nnobody\n", encoding="utf-8")
    assert mailer(*words).status == 1
    source.write_text("name\nAnna\n", encoding="utf-8")
    assert (mailer(*words).status, bad.exists()) == (1, True)
    source.write_text("email\nanna@example.org\n", encoding="utf-8")
    assert (mailer(*words).status, bad.exists()) == (0, False)
    assert other.exists()


def test_what_is_no_file_of_bad_rows_is_never_deleted(mailer: Command, news: Path) -> None:
    """Where it was named by mistake, or to throw the bad rows away."""
    source, readers, nowhere = (news / name for name in ("in.csv", "readers.csv", "nowhere"))
    source.write_text("email\nanna@example.org\n", encoding="utf-8")
    readers.write_text("email\nben@example.org\n", encoding="utf-8")
    os.mkfifo(nowhere)
    for file in (readers, nowhere):
        answer = mailer("subscriber", "import", str(source), "--errors", str(file))
        assert (answer.status, file.exists()) == (0, True)


def test_columns_are_mapped_on_the_command_line(mailer: Command, news: Path) -> None:
    file = news / "readers.csv"
    file.write_text("Kontakt,Given = Name\nanna@example.org,Anna\n", encoding="utf-8")
    words = ("subscriber", "import", str(file))
    assert "--map COLUMN=email" in mailer(*words).err
    mapping = ("--map", "kontakt=email", "--map", "Given = Name=first_name")
    assert mailer(*words, *mapping).status == 0
    anna = json.loads(mailer("subscriber", "show", "anna@example.org", "--json").out)
    assert anna["attributes"] == {"first_name": "Anna"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--format", "excel"), "--format"),
        (("--map", "nothing"), "write COLUMN=MEANING"),
        (("--format", "ghost"), "no export of ghost"),
    ],
)
def test_what_was_mistyped_is_told_in_a_line(
    mailer: Command, export: Path, words: tuple[str, ...], said: str
) -> None:
    answer = mailer("subscriber", "import", str(export), *words)
    assert answer.status in (1, 2)
    assert said in answer.err
    assert len(answer.err.splitlines()) == 1


def test_bad_rows_never_go_into_the_file_that_is_read(mailer: Command, export: Path) -> None:
    answer = mailer("subscriber", "import", str(export), "--errors", str(export))
    assert answer.status == 2
    assert export.read_text(encoding="utf-8") == _MIXED


def test_a_relay_elsewhere_gets_a_plan_for_its_warm_up(mailer: Command, news: Path) -> None:
    toml = news / "mailer.toml"
    text = toml.read_text(encoding="utf-8")
    start = text.index('url = "folder:')
    text = text.replace(text[start : text.index("\n", start)], 'url = "smtps://relay.example.net"')
    toml.write_text(text, encoding="utf-8")
    file = news / "readers.csv"
    file.write_text("email\n" + "".join(f"r{n}@example.org\n" for n in range(300)))
    answer = mailer("subscriber", "import", str(file), "--confirmed", "a fair")
    assert "warmed up: 50, 100, 500 copies a day, then all" in answer.out
    assert "warm_up = [50, 100, 500] and warm_up_start = " in answer.out
