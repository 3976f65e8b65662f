"""The commands about who must not be mailed or known, and about what must not be lost."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

Command = Callable[..., Any]
ANN = "ann@example.org"


def test_a_domain_is_suppressed_and_freed(mailer: Command, news: Path) -> None:
    suppressed = mailer("subscriber", "suppress", "@example.org", "--note", "asked by phone")
    assert (suppressed.status, suppressed.out) == (0, "@example.org: suppressed for all lists\n")
    shown = mailer("subscriber", "show", ANN)
    assert "suppressed for all lists, all of example.org: manual (asked by phone)" in shown.out
    assert json.loads(mailer("subscriber", "show", ANN, "--json").out)["suppressed"]
    freed = mailer("subscriber", "unsuppress", "@example.org")
    assert freed.out == "@example.org: no longer suppressed for all lists (was: manual)\n"
    again = mailer("subscriber", "unsuppress", "@example.org")
    assert (again.status, "not suppressed" in again.out) == (1, True)


def test_what_comes_next_holds_for_what_was_named(mailer: Command, news: Path) -> None:
    suppressed = mailer("subscriber", "suppress", "@example.org", "--list", "monthly")
    lift = ("subscriber", "unsuppress", "@example.org", "--list", "monthly")
    assert f"next: `mailer -C {news} {' '.join(lift)}`" in suppressed.err
    assert f"next: `mailer -C {news} list all`" in mailer(*lift).err
    refused = mailer("subscriber", "suppress", "@exa_mple..org")
    assert refused.err == "mailer: '@exa_mple..org' is not a domain like @example.org\n"


def test_a_complaint_is_lifted_by_who_says_why(mailer: Command, news: Path) -> None:
    mailer("subscriber", "suppress", ANN, "--list", "monthly", "--because", "complained")
    refused = mailer("subscriber", "unsuppress", ANN, "--list", "monthly")
    assert (refused.status, refused.err) == (
        2,
        f"mailer: {ANN}: complained: say with --reason why they may be mailed again\n",
    )
    lifted = ("subscriber", "unsuppress", ANN, "--list", "monthly", "--reason", "she wrote to us")
    assert mailer(*lifted).status == 0
    assert "unsuppressed: suppression lifted by the editor, she wrote to us" in (
        mailer("subscriber", "show", ANN).out
    )


def test_who_is_erased_is_nobody_any_more(mailer: Command, news: Path) -> None:
    unsure = mailer("subscriber", "erase", ANN)
    assert (unsure.status, "add --yes" in unsure.err) == (2, True)
    done = json.loads(mailer("subscriber", "erase", ANN, "--yes", "--json").out)
    assert (done["copies"], done["on_the_way"]) == (0, 0)
    assert done["rows"] >= 3
    assert mailer("subscriber", "show", ANN).status == 2
    wrong = mailer("subscriber", "erase", "nobody@example.org", "--yes")
    assert (wrong.status, wrong.err) == (
        2,
        "mailer: nobody@example.org: nobody of this address: check its spelling\n",
    )


def test_a_backup_is_restored_elsewhere(mailer: Command, news: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    assert mailer("send", "issues/2021-01.md", "--yes").status == 0
    made = json.loads(mailer("backup", str(file), "--json").out)
    assert (made["file"], made["octets"]) == (str(file), file.stat().st_size)
    again = mailer("backup", str(file))
    assert (again.status, "is there already" in again.err) == (2, True)
    here = mailer("restore", str(file))
    assert (here.status, "not empty" in here.err) == (2, True)
    news.rename(tmp_path / "lost")
    back = mailer("restore", str(file))
    assert (back.status, "not in it: who left" in back.err) == (0, True)
    assert json.loads(mailer("dispatch", "status", "--json").out)["counts"]["sent"] == 1
    assert ANN in mailer("subscriber", "show", ANN).out


def test_what_is_too_old_is_counted_and_then_dropped(mailer: Command, news: Path) -> None:
    assert "no [retention]" in mailer("db", "prune").err
    toml = news / "mailer.toml"
    toml.write_text(toml.read_text() + '\n[retention]\npending = "30d"\ncopies = "400d"\n')
    counted = mailer("db", "prune", "--dry-run")
    assert counted.out.splitlines() == [
        "0 subscriptions that nobody confirmed: would be dropped",
        "0 copies that say to whom they went: would be dropped",
    ]
    assert json.loads(mailer("db", "prune", "--json").out) == {"pending": 0, "copies": 0}


def test_people_go_into_a_new_file_or_are_printed(
    mailer: Command, news: Path, tmp_path: Path
) -> None:
    file = tmp_path / "people.jsonl"
    done = mailer("subscriber", "export", "--format", "jsonl", "--out", str(file))
    assert (done.status, done.err.splitlines()[0]) == (0, "1 person of list monthly")
    assert json.loads(file.read_text())["email"] == ANN
    again = mailer("subscriber", "export", "--out", str(file))
    assert (again.status, "is there already" in again.err) == (2, True)
    packed = mailer("subscriber", "export", "--format", "mailchimp")
    assert (packed.status, "is a ZIP file: name it" in packed.err) == (2, True)


def test_a_person_gets_all_that_is_theirs(mailer: Command, news: Path, tmp_path: Path) -> None:
    """In words, as JSON, and the issues that they were sent."""
    mailer("send", "issues/2021-01.md", "--yes")
    file = tmp_path / "ann.zip"
    asked = ("subscriber", "export", "--person", ANN)
    assert mailer(*asked).status == 2
    done = mailer(*asked, "--out", str(file))
    assert (done.status, f"hand {file} to {ANN}" in done.err) == (0, True)
    with zipfile.ZipFile(file) as packed:
        read = {name: packed.read(name).decode() for name in packed.namelist()}
    assert sorted(read) == [
        "about-you.json",
        "about-you.txt",
        "issues/2021-01-1.html",
        "issues/2021-01-1.txt",
    ]
    assert "issue 2021-01 to monthly: sent" in read["about-you.txt"]
    assert json.loads(read["about-you.json"])["copies"][0]["state"] == "sent"
    assert "A paragraph." in read["issues/2021-01-1.txt"]
    assert mailer("subscriber", "export", "--person", "x@example.org", "--out", "x").status == 2
