"""What was read, by item and by what links lead to, beside the issues before."""

from __future__ import annotations

import json

import pytest
from newsroom import Newsroom, make

from mailer.cli.main import run
from mailer.desk import report
from mailer.desk.attention import IN_TEXT, OTHER
from mailer.ledger import counting
from mailer.ledger.counting import OPEN, Count
from mailer.web import report_page

LINKS = [
    ("https://example.org/clip", "project page: CLIP: words and pictures"),
    ("https://github.com/example/clip", "code: CLIP: words and pictures"),
    ("https://example.org/deberta", "论文：DeBERTa"),
    ("https://example.org/note", ""),
]
CLICKS = {1: (5, 7), 2: (3, 0), 3: (20, 1), 4: (1, 0), OPEN: (6, 1)}


def count(newsroom: Newsroom, dispatch: int, clicks: dict[int, tuple[int, int]]) -> None:
    with newsroom.app.database.write() as c:
        counting.keep(c, dispatch, LINKS)
        for number, times in clicks.items():
            for robot, how_often in enumerate(times):
                for _ in range(how_often):
                    counting.add(c, dispatch, number, bool(robot))


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """The first of two issues has nothing counted; ten readers got the second."""
    newsroom = make(tmp_path_factory.mktemp("attention") / "news")
    newsroom.add(10)
    newsroom.send()
    text = newsroom.file.read_text(encoding="utf-8").replace("id: 2021-01", "id: 2021-02")
    (newsroom.app.folder / "issues" / "2021-02.md").write_text(text, encoding="utf-8")
    count(newsroom, newsroom.send("issues/2021-02.md"), CLICKS)
    return newsroom


def test_clicks_are_told_by_item_and_by_role(counted: Newsroom) -> None:
    """In whatever language an item's link is named; people and robots apart."""
    found = report.report(counted.app, 2).attention
    assert found is not None
    assert [(each.name, each.count) for each in found.items] == [
        ("DeBERTa", Count(20, 1)),
        ("CLIP: words and pictures", Count(8, 7)),
        (IN_TEXT, Count(1, 0)),
    ]
    assert [(each.name, each.count) for each in found.roles] == [
        ("paper", Count(20, 1)),
        ("project", Count(5, 7)),
        ("source", Count(3, 0)),
        (OTHER, Count(1, 0)),
    ]
    assert found.clicks == Count(29, 8)
    assert (found.opens, found.unopened) == (Count(6, 1), 3)


def test_an_issue_of_which_nothing_was_counted_says_nothing_of_it(counted: Newsroom) -> None:
    """Nor one of which only the clicks were, how many it was not opened."""
    first = report.report(counted.app, 1)
    assert (first.attention, first.is_counted) == (None, False)
    assert "What was read" not in report_page.page(counted.app, first)


def test_openings_that_are_not_counted_leave_nobody_silent(newsroom: Newsroom) -> None:
    """Where only the clicks are counted."""
    newsroom.add(1)
    dispatch = newsroom.send()
    count(newsroom, dispatch, {1: (1, 0)})
    found = report.report(newsroom.app, dispatch).attention
    assert found is not None
    assert found.unopened is None
    assert "by robots." not in report_page.page(newsroom.app, report.report(newsroom.app, dispatch))


def test_an_issue_stands_beside_those_before_it(counted: Newsroom) -> None:
    """Also in how it was read, on the page and in the document."""
    found = report.report(counted.app, 2)
    assert [(each.opened, each.clicked) for each in (found.issue, *found.earlier)] == [
        (6, 29),
        (0, 0),
    ]
    page = report_page.page(counted.app, found)
    assert "6 opened, 29 links followed, from 2021-01 to 2021-02" in page
    assert "At least 3 copies were not seen to be opened" in page


def test_the_command_tells_it(counted: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    """As tables and as a document."""

    def answer(*words: str) -> str:
        with pytest.raises(SystemExit) as ended:
            run(["-C", str(counted.app.folder), "dispatch", "report", *words])
        assert ended.value.code == 0
        return capsys.readouterr().out

    lines = [line.split("\t") for line in answer("2").splitlines()]
    assert ["DeBERTa", "20", "1"] in lines
    assert ["copies that nobody was seen to open: at least 3"] in lines
    document = json.loads(answer("2", "--json"))
    assert document["read"]["clicks"] == {"people": 29, "robots": 8}
    assert document["read"]["roles"][0] == {"name": "paper", "count": {"people": 20, "robots": 1}}
    assert document["list"]["months"][-1]["readers"] == 10
    assert document["earlier"][0]["opened"] == 0
