"""The links of all issues together."""

from __future__ import annotations

import pytest
import smallnet
from newsroom import Newsroom

from mailer.app import App, open_app
from mailer.desk.linkage import Use, dead_links, linkage
from mailer.desk.past.memory import ran
from mailer.ledger import counting

SITE = "http://pictures.example"
ISSUE = f"""---
id: 2020-12
title: "December"
date: 2020-12-31
---
Hello, [subscribe](https://news.example.org/).

## First
Availability: [code]({SITE}/a) / [paper](https://arxiv.org/abs/2012.00001)

It follows [another]({SITE}/gone).

## Second
Availability: [paper]({SITE}/gone) / [repo](https://github.com/a/b)

Words.

## Third
No link line, but [a page](https://www.example.org/x).
"""


def write(newsroom: Newsroom, text: str = ISSUE) -> None:
    (newsroom.app.issues / "2020-12.md").write_text(text, encoding="utf-8")


def test_roles_and_sites_are_counted_and_what_lacks_is_named(newsroom: Newsroom) -> None:
    """An item without a link line lacks nothing; where nobody counts, nothing is followed."""
    write(newsroom)
    found = linkage(newsroom.app)
    assert (found.issues, len(found.items), found.links) == (2, 5, 8)
    assert found.roles == (
        Use("paper", 3, None),
        Use("other", 2, None),
        Use("source", 2, None),
        Use("project", 1, None),
    )
    assert found.sites[:2] == (Use("example.org", 3, None), Use("pictures.example", 3, None))
    lacking = [(item.where(item.line), item.title) for item in found.lacking("paper")]
    assert lacking == [("issues/2021-01.md:9", "CLIP")]
    assert [item.title for item in found.lacking("source")] == ["CLIP", "DeBERTa"]


def test_what_readers_follow_comes_first(newsroom: Newsroom) -> None:
    """As far as people are counted, over all dispatches of an issue; robots are not."""
    toml = newsroom.app.folder / "mailer.toml"
    toml.write_text(toml.read_text("utf-8") + "\n[counting]\nclicks = true\n", "utf-8")
    room = Newsroom(open_app(newsroom.app.folder))
    room.add(1)
    dispatch = room.send()
    with room.app.database.write() as c:
        numbers = {each.url: n for n, each in enumerate(counting.clicks(c, dispatch), 1)}
        for url, times in (("https://example.org/clip", 1), ("https://example.org/deberta", 3)):
            for _ in range(times):
                counting.add(c, dispatch, numbers[url], robot=False)
        counting.add(c, dispatch, numbers["https://example.org/clip"], robot=True)
    write(room)
    found = linkage(room.app)
    assert found.roles[:2] == (Use("paper", 3, 3), Use("project", 1, 1))
    assert found.sites[0] == Use("example.org", 3, 4)
    room.app.database.close()


def test_dead_links_are_told_with_where_they_stand(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each address is asked once, as a guest; what has moved is remembered."""
    answers: smallnet.Answers = {
        "/robots.txt": (200, {}, b"User-agent: *\nDisallow: /closed"),
        "/a": (301, {"Location": "/b"}, b""),
        "/b": (200, {}, b""),
        "/gone": (410, {}, b""),
    }
    text = ISSUE.replace("https://arxiv.org/abs/2012.00001", f"{SITE}/closed/paper")
    text = text.replace("https://github.com/a/b", "http://10.0.0.7/repo")
    write(newsroom, text.replace("https://www.example.org/x", f"{SITE}/b"))
    (newsroom.app.issues / "2021-01.md").unlink()
    monkeypatch.setattr("mailer.desk.linkage._PAUSE", 0.0)
    told: list[tuple[int, int]] = []
    with smallnet.serving(answers) as net:
        monkeypatch.setattr(App, "fetcher", property(lambda _: net.fetcher))
        found = linkage(newsroom.app)
        asked = dead_links(newsroom.app, found, lambda done, total: told.append((done, total)))
    assert [(d.url, d.status, d.where, d.item) for d in asked.dead] == [
        (f"{SITE}/gone", 410, "issues/2020-12.md:11", "First"),
        (f"{SITE}/gone", 410, "issues/2020-12.md:14", "Second"),
    ]
    assert asked.asked == 5
    assert "robots.txt says so" in asked.unanswered[f"{SITE}/closed/paper"]
    assert "not on the open net" in asked.unanswered["http://10.0.0.7/repo"]
    assert told[-1] == (5, 5)
    assert [str(each) for each in ran(newsroom.app, f"{SITE}/b")] == [
        "in December 2020, item 'First'",
        "in December 2020, item 'Third'",
    ]


def test_a_folder_without_a_database_has_links_all_the_same(newsroom: Newsroom) -> None:
    """As a copy on another machine."""
    newsroom.app.database.close()
    (newsroom.app.folder / "mailer.db").unlink()
    found = linkage(open_app(newsroom.app.folder))
    assert found.roles == (Use("paper", 1, None), Use("project", 1, None))
