"""What differs from reader to reader, from the file to the copies: blocks, languages, the foot."""

from __future__ import annotations

import datetime as dt
import email
import json
import re
from collections.abc import Callable
from contextlib import closing
from email.policy import default as modern
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from mailer.app import open_app
from mailer.ledger import archive
from mailer.ledger.schema import deliveries
from subscribers.editing import Edit
from subscribers.model import Consent, SubscriptionStatus

Command = Callable[..., Any]
JANUARY = "issues/2021-01.md"
BLOCKS = """::: audience germans
Grüße an {{ first_name | default("Leser") }} aus [Bonn](https://example.org/bonn).
:::

::: audience vips
Only for the few.
:::

"""


@pytest.fixture
def readers(mailer: Command, news: Path) -> Path:
    """ann of no country, bob of DE, cleo of DE and with the tag vip."""
    for name in ("bob", "cleo"):
        words = (f"{name}@example.org", "--confirmed", "a form", "--set", "country=DE")
        assert mailer("subscriber", "add", *words).status == 0
    mailer("subscriber", "edit", "cleo@example.org", "--tag", "vip")
    mailer("segment", "create", "germans", 'country = "DE"')
    mailer("segment", "create", "vips", 'tag = "vip"')
    file = news / JANUARY
    file.write_text(file.read_text("utf-8").replace("A paragraph.\n", BLOCKS + "A paragraph.\n"))
    return news


def copies(news: Path) -> dict[str, str]:
    """Each reader's copy, as a text client shows it and as HTML, in one string."""
    found = {}
    for path in (news / "copies").glob("*"):
        message = email.message_from_bytes(path.read_bytes(), policy=modern)
        parts = (message.get_body((subtype,)) for subtype in ("plain", "html"))
        texts = (str(part.get_content()) for part in parts if part is not None)
        found[path.name.partition("@")[0]] = "\n".join(texts)
    return found


def test_each_reader_gets_the_blocks_of_their_segments(mailer: Command, readers: Path) -> None:
    """In both parts; the public page has none, and what a segment says later changes nothing."""
    assert mailer("send", JANUARY, "--yes").status == 0
    sent = copies(readers)
    assert {name: text.count("Grüße an Leser aus") for name, text in sent.items()} == {
        "ann": 0,
        "bob": 2,
        "cleo": 2,
    }
    assert {name: text.count("Only for the few") for name, text in sent.items()} == {
        "ann": 0,
        "bob": 0,
        "cleo": 2,
    }
    assert all(text.count("A paragraph.") == 2 for text in sent.values())
    with closing(open_app(readers).database) as database, database.read() as c:
        shown = archive.shown(c, "2021-01", "en")
        masks = c.execute(sa.select(deliveries.c.email, deliveries.c.variant)).all()
    assert shown is not None
    assert "Grüße" not in shown.page
    assert {email.partition("@")[0]: mask for email, mask in masks} == {
        "ann": 0,
        "bob": 1,
        "cleo": 3,
    }


def test_who_is_in_which_segment_is_settled_when_copies_are_planned(
    mailer: Command, readers: Path
) -> None:
    """A send that was stopped goes on with the same readers for each block."""
    (readers / "copies").write_text("", encoding="utf-8")  # a file where the folder should be
    assert mailer("send", JANUARY, "--yes").status != 0
    mailer("subscriber", "edit", "bob@example.org", "--set", "country=FR")
    mailer("segment", "create", "vips", "country is not set", "--replace")
    (readers / "copies").unlink()
    mailer("dispatch", "resume", "1")
    assert mailer("send", JANUARY, "--yes").status == 0
    sent = copies(readers)
    assert "Grüße" in sent["bob"]
    assert "Only for the few" not in sent["ann"]


def test_a_block_for_a_segment_that_there_is_not_stops_the_send(
    mailer: Command, readers: Path
) -> None:
    file = readers / JANUARY
    file.write_text(file.read_text("utf-8").replace("audience vips", "audience vip"))
    checked = mailer("issue", "check", JANUARY, "--json")
    rules = {each["rule"]: each["mend"] for each in json.loads(checked.out)}
    assert rules["audience-block"] == "write vips"
    assert mailer("send", JANUARY, "--yes").status == 1
    assert not (readers / "copies").exists()


def test_a_test_copy_has_every_block(mailer: Command, readers: Path) -> None:
    assert mailer("send", JANUARY, "--test", "eve@example.org").status == 0
    assert "Grüße" in copies(readers)["eve"]
    assert "Only for the few" in copies(readers)["eve"]


@pytest.mark.usefixtures("readers")
def test_a_correction_keeps_the_audiences(mailer: Command, readers: Path) -> None:
    """What a copy may carry was settled for those blocks and no others."""
    (readers / "copies").write_text("", encoding="utf-8")
    mailer("send", JANUARY, "--yes")
    (readers / "copies").unlink()
    file = readers / JANUARY
    whole = file.read_text("utf-8")
    file.write_text(whole.replace("::: audience vips", "::: audience germans"))
    refused = mailer("send", JANUARY, "--correct", "1", "--yes")
    assert refused.status == 2
    assert "dispatch 1 was planned with blocks for germans, vips" in refused.err
    file.write_text(whole.replace("Only for the few", "For very few"))
    assert mailer("send", JANUARY, "--correct", "1", "--yes").status == 0
    sent = copies(readers)
    assert "For very few" in sent["cleo"]
    assert "For very few" not in sent["bob"]


GERMAN = """---
id: 2021-01
title: "Januar"
lang: de
date: 2021-01-31
preheader: Kurz
---
Hallo {{ first_name | default("du") }}.

## Ein Stück
Verfügbarkeit: [Projektseite](https://example.org/a)

Ein Absatz.

---
Tschüss.
"""


@pytest.fixture
def languages(mailer: Command, news: Path) -> Path:
    """ann never said, bob reads German, cleo Swiss German, dora French; the issue is in two."""
    for name, language in (("bob", "de"), ("cleo", "de-CH"), ("dora", "fr")):
        mailer("subscriber", "add", f"{name}@example.org", "--confirmed", "a form")
        mailer("subscriber", "edit", f"{name}@example.org", "--language", language)
    (news / "issues" / "2021-01.de.md").write_text(GERMAN, encoding="utf-8")
    return news


def test_each_reader_gets_one_language(mailer: Command, languages: Path) -> None:
    """By preference, else that of the file; one dispatch, and a page for each language."""
    would = mailer("send", JANUARY, "--dry-run")
    assert "4 copies of “January” in en, de to the list monthly" in would.err
    sent = mailer("send", JANUARY, "--yes", "--json")
    assert json.loads(sent.out)["counts"]["sent"] == 4
    german = {name: "Ein Absatz." in text for name, text in copies(languages).items()}
    assert german == {"ann": False, "bob": True, "cleo": True, "dora": False}
    with closing(open_app(languages).database) as database, database.read() as c:
        assert sorted(each.lang for each in archive.of_issue(c, "2021-01")) == ["de", "en"]
        shown = archive.shown(c, "2021-01", "de")
    assert shown is not None
    assert "Ein Absatz." in shown.page
    again = mailer("send", JANUARY, "--yes")
    assert (again.status, "sent" in again.err) == (0, True)
    assert len(copies(languages)) == 4
    (languages / "issues" / "2021-01.de.md").write_text(GERMAN + "Mehr.\n", encoding="utf-8")
    published = mailer("issue", "publish", "issues/2021-01.de.md")
    assert "issue 2021-01 was sent (de)" in published.err


def test_a_change_in_another_language_is_a_change(mailer: Command, languages: Path) -> None:
    """A stopped send does not go on with it unless it is told; a correction reaches those who
    read that language."""
    (languages / "copies").write_text("", encoding="utf-8")
    mailer("send", JANUARY, "--yes")
    (languages / "copies").unlink()
    mailer("dispatch", "resume", "1")
    file = languages / "issues" / "2021-01.de.md"
    file.write_text(GERMAN.replace("Tschüss", "Bis bald"), encoding="utf-8")
    refused = mailer("send", JANUARY, "--yes")
    assert (refused.status, "the issue has changed since" in refused.err) == (2, True)
    assert mailer("send", JANUARY, "--correct", "1", "--yes").status == 0
    assert "Bis bald" in copies(languages)["bob"]
    file.unlink()
    mailer("subscriber", "add", "eve@example.org", "--confirmed", "a form")
    assert mailer("send", JANUARY, "--late", "--yes").status == 0


def test_each_language_is_approved_by_itself(mailer: Command, languages: Path) -> None:
    """A send wants all of them, and the dispatch tells who approved which."""
    toml = languages / "mailer.toml"
    asks = toml.read_text(encoding="utf-8") + "\n[send]\napproval = true\n"
    toml.write_text(asks, encoding="utf-8")
    german = "issues/2021-01.de.md"
    assert mailer("issue", "approve", JANUARY, "--by", "Ann").status == 0
    refused = mailer("send", JANUARY, "--yes")
    assert (refused.status, f"{german}: nobody has approved it" in refused.err) == (1, True)
    assert mailer("issue", "approve", german, "--by", "Berta").status == 0
    assert mailer("send", JANUARY, "--yes").status == 0
    shown = json.loads(mailer("dispatch", "status", "--json").out)
    assert (shown["approved"]["by"], shown["approvals"]["de"]["by"]) == ("Ann", "Berta")
    told = mailer("dispatch", "status").out
    assert "en: approved by Ann on " in told
    assert "de: approved by Berta on " in told


def test_a_language_with_errors_stops_all_of_them(mailer: Command, languages: Path) -> None:
    file = languages / "issues" / "2021-01.de.md"
    file.write_text(GERMAN + "\n[x]()\n", encoding="utf-8")
    refused = mailer("send", JANUARY, "--yes")
    assert refused.status == 1
    assert "2021-01.de.md: 1 error: mend" in refused.err


def test_a_link_that_is_in_one_language_only_is_told(mailer: Command, languages: Path) -> None:
    file = languages / "issues" / "2021-01.de.md"
    file.write_text(GERMAN.replace("example.org/a", "example.org/b"), encoding="utf-8")
    found = json.loads(mailer("issue", "check", JANUARY, "--json").out)
    told = [each["message"] for each in found if each["rule"] == "translation-links"]
    assert told == ["'An item' has no link to https://example.org/b, as 2021-01.de.md has"]
    refused = mailer("send", JANUARY, "--segment", "nobody", "--yes")
    assert refused.status == 2


def test_the_foot_tells_when_and_where_a_reader_signed_up(mailer: Command, languages: Path) -> None:
    """In the words of the copy's language; where the form is known, with it. So does a text of the
    editor's own."""
    issue = languages / JANUARY
    own = "Since {{ signed_up_on }}{{ signed_up_at }}."
    issue.write_text(issue.read_text("utf-8").replace("Bye.", own), "utf-8")
    toml = languages / "mailer.toml"
    toml.write_text(toml.read_text("utf-8").replace("[look]", "[look]\nsign_up = true"), "utf-8")
    app = open_app(languages)
    may = dt.datetime(2020, 5, 3, 12, tzinfo=dt.UTC)
    form = Consent("web form", "yes", form="example.org/join")
    with closing(app.database):
        status = SubscriptionStatus.CONFIRMED
        app.store.add("fay@example.org", "monthly", {}, form, status, may)
        app.store.edit("fay@example.org", Edit(language="de"), "a test", may)
        app.store.add("gus@example.org", "monthly", {}, form, status, may)
    assert mailer("send", JANUARY, "--yes").status == 0
    sent = {name: " ".join(text.split()) for name, text in copies(languages).items()}
    german = "weil Sie sich am 3. Mai 2020 (example.org/join) für News angemeldet haben: Monthly"
    assert sent["fay"].count(german) == 2
    english = "because you signed up for News on May 3, 2020 (example.org/join): Monthly."
    assert sent["gus"].count(english) == 2
    assert sent["gus"].count("Since May 3, 2020 (example.org/join).") == 2
    assert re.search(r"Since \w+ \d+, \d+\.", sent["ann"])
    assert "because you signed up for News on " in sent["ann"]
    assert "(" not in sent["ann"].partition("signed up for News on ")[2].partition("Monthly")[0]
    assert mailer("send", JANUARY, "--test", "eve@example.org").status == 0
    assert "because you signed up for News on " in " ".join(copies(languages)["eve"].split())
