"""What ran before, gathered from issue files and the archive, and kept by their content."""

from __future__ import annotations

import dataclasses
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from newsroom import Newsroom

from mailer.desk.past.gathering import all_of, past_of, without_twins
from mailer.desk.past.memory import INDEX, ran, remember_move

OCTOBER = """---
id: 2020-10
title: "October"
date: 2020-10-31
---
Hello, [subscribe](https://news.example.org/subscribe).

## ruGPT3
Availability: [source code](https://github.com/sberbank-ai/ru-gpts) / [demo](https://example.org/r)

It follows [CLIP](https://example.org/clip).

## Video calls

### Maxine
Availability: [project page](https://example.org/maxine)

A box.
"""


def write(newsroom: Newsroom, name: str, text: str) -> Path:
    path = newsroom.app.issues / name
    path.write_text(text, encoding="utf-8")
    return path


def told(newsroom: Newsroom) -> list[str]:
    found = newsroom.compose().findings
    return [f"{f.where.line} {f.message}" for f in found if f.rule.endswith("-repeat")]


def test_a_check_tells_what_ran(newsroom: Newsroom) -> None:
    """With month and item; a mention counts as having run; a file that is mended counts at once."""
    assert told(newsroom) == []
    path = write(newsroom, "2020-10.md", OCTOBER)
    expected = "10 https://example.org/clip ran in October 2020, item 'ruGPT3'"
    assert told(newsroom) == [expected]
    path.write_text(OCTOBER.replace("example.org/clip", "example.org/other"), encoding="utf-8")
    assert told(newsroom) == []
    path.write_text(OCTOBER.replace("### Maxine", "### DeBERTA"), encoding="utf-8")
    assert told(newsroom)[1:] == ["14 'DeBERTa' may have run in October 2020, item 'DeBERTA'"]
    path.unlink()
    assert told(newsroom) == []


def test_later_issues_and_other_languages_are_no_past(newsroom: Newsroom) -> None:
    """Nor is the issue itself under another name; one without a date may have run."""
    same = OCTOBER.replace("2020-10\n", "2021-01\n")
    write(newsroom, "same.de.md", same.replace("date:", "lang: de\ndate:"))
    write(newsroom, "2021-03.md", OCTOBER.replace("2020-10", "2021-03"))
    assert told(newsroom) == []
    write(newsroom, "2021-03.md", OCTOBER.replace("date: 2020-10-31\n", ""))
    assert told(newsroom) == ["10 https://example.org/clip ran in issue 2020-10, item 'ruGPT3'"]


def test_the_archive_knows_what_no_file_tells_any_longer(newsroom: Newsroom) -> None:
    """Read from the page; what stands above its first heading belongs to no item."""
    newsroom.add(1)
    write(newsroom, "2020-10.md", OCTOBER)
    newsroom.send("issues/2020-10.md")
    (newsroom.app.issues / "2020-10.md").unlink()
    assert told(newsroom) == ["10 https://example.org/clip ran in October 2020, item 'ruGPT3'"]
    (archived,) = (source for source in all_of(newsroom.app) if not source.file)
    assert [(each.title, len(each.mentions)) for each in archived.told] == [
        ("ruGPT3", 3),
        ("Video calls", 0),
        ("Maxine", 1),
    ]
    write(newsroom, "2020-10.md", OCTOBER)
    assert [source.file for source in without_twins(all_of(newsroom.app))] == [
        "issues/2020-10.md",
        "issues/2021-01.md",
    ]


def test_what_has_moved_is_remembered(newsroom: Newsroom) -> None:
    """In both directions: an old link in a new issue, and a new link to what ran under an old."""
    write(newsroom, "2020-10.md", OCTOBER)
    old, new = "https://github.com/sberbank-ai/ru-gpts", "https://github.com/ai-forever/ru-gpts"
    assert len(told(newsroom)) == 1
    assert ran(newsroom.app, new) == ()
    remember_move(newsroom.app, old, new)
    remember_move(newsroom.app, new, f"{new}/")
    remember_move(newsroom.app, "mailto:a@example.org", new)
    assert [str(each) for each in ran(newsroom.app, new)] == ["in October 2020, item 'ruGPT3'"]
    assert ran(newsroom.app, old) == ran(newsroom.app, new)
    newsroom.write("https://example.org/deberta", new)
    assert f"15 {new} ran in October 2020, item 'ruGPT3'" in told(newsroom)


def test_without_a_database_the_files_are_all(newsroom: Newsroom) -> None:
    """As in a copy of the folder."""
    write(newsroom, "2020-10.md", OCTOBER)
    newsroom.app.database.close()
    (newsroom.app.folder / "mailer.db").unlink()
    app = dataclasses.replace(newsroom.app)
    assert [source.file for source in all_of(app)] == ["issues/2020-10.md", "issues/2021-01.md"]
    assert len(ran(app, "http://www.example.org/maxine/")) == 1


@pytest.mark.parametrize("spoilt", [b"no database", b"", b"SQLite format 3\0" + b"x" * 4000])
def test_a_spoilt_index_is_made_anew(newsroom: Newsroom, spoilt: bytes) -> None:
    """It holds nothing that cannot be read again."""
    write(newsroom, "2020-10.md", OCTOBER)
    index = newsroom.app.folder / INDEX
    index.parent.mkdir(exist_ok=True)
    index.write_bytes(spoilt)
    assert len(told(newsroom)) == 1
    assert sqlite3.connect(index).execute("SELECT count(*) FROM issues").fetchone() == (2,)


def test_an_index_of_another_version_or_with_lost_tables_is_made_anew(newsroom: Newsroom) -> None:
    """As after an upgrade of the program."""
    write(newsroom, "2020-10.md", OCTOBER)
    for damage in ("PRAGMA user_version = 77", "DROP TABLE links"):
        assert len(told(newsroom)) == 1
        with sqlite3.connect(newsroom.app.folder / INDEX) as c:
            c.execute(damage)
        assert len(told(newsroom)) == 1


def test_where_no_index_can_be_kept_the_past_is_read_each_time(newsroom: Newsroom) -> None:
    """A file stands where its folder would be."""
    write(newsroom, "2020-10.md", OCTOBER)
    cache = newsroom.app.folder / ".cache"
    if cache.exists():
        cache.rename(newsroom.app.folder / "aside")
    cache.write_text("a file")
    assert len(told(newsroom)) == 1


def test_an_index_that_another_process_holds_is_left_alone(newsroom: Newsroom) -> None:
    """One is made for this time; and while no database answers, the archive is not forgotten."""
    write(newsroom, "2020-10.md", OCTOBER)
    newsroom.add(1)
    newsroom.send("issues/2020-10.md")
    assert len(told(newsroom)) == 1
    index = newsroom.app.folder / INDEX
    with closing(sqlite3.connect(index)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert len(told(newsroom)) == 1
        other.rollback()
        assert other.execute("SELECT count(*) FROM issues").fetchone() == (3,)
    newsroom.app.database.close()
    (newsroom.app.folder / "mailer.db").rename(newsroom.app.folder / "aside.db")
    assert len(all_of(dataclasses.replace(newsroom.app))) == 3


def test_ten_years_are_read_once(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """120 issues with 2,000 links; from then on an index tells of them."""
    for number in range(120):
        items = "".join(
            f"\n## Thing {number}, {n} of it\nLinks: [code](https://github.com/who/r{number}x{n})"
            f" / [paper](https://arxiv.org/abs/{1000 + number}.{10000 + n})\n\nWords of it.\n"
            for n in range(9)
        )
        date = f"{2010 + number // 12}-{number % 12 + 1:02}-01"
        text = f"---\nid: no-{number}\ntitle: T\ndate: {date}\n---\nHello.\n{items}"
        write(newsroom, f"no-{number}.md", text)
    issue = newsroom.compose().issue
    assert issue
    newsroom.write("https://example.org/clip", "https://github.com/who/r7x3")
    issue = newsroom.compose().issue
    assert issue
    monkeypatch.delattr("mailer.composer.parsing.parse.parse")
    past = past_of(newsroom.app, issue)
    assert len(past.items) == 1080
    assert len(past.links["github.com/who/r7x3"]) == 1
