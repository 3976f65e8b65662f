from __future__ import annotations

from pathlib import Path

import letterbox
import newsroom
import pytest
import reception
from reception import Reception

from mailer.desk import counting, offer, sending
from mailer.ledger.counting import Count
from mailer.web.scanners import is_robot

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
PERSON = {"user-agent": FIREFOX, "accept-language": "de"}


def sent(folder: Path, settings: str) -> tuple[Reception, str]:
    """January's issue in one reader's copy, as HTML."""
    front = reception.make(folder, {"[look]": f"[counting]\n{settings}\n\n[look]"})
    room = newsroom.Newsroom(front.app)
    room.add(1)
    composition = room.compose()
    made = offer.offer(front.app, composition, None, late=False, expect=None)
    begun = offer.begin(front.app, composition, made)
    sending.carry_on(front.app, begun, lambda _n: None, lambda _line: None)
    [mail] = letterbox.read(front.app.folder / "copies")
    return front, mail.html


def test_nothing_is_counted_unless_an_editor_says_so(tmp_path: Path) -> None:
    """The copy links what the issue links, and has no picture that nobody sees."""
    front, html = sent(tmp_path / "news", "")

    assert 'href="https://example.org/clip"' in html
    assert "/l/1/" not in html
    assert "/o/1.gif" not in html
    assert front.ask("GET", "/l/1/1", headers=PERSON).status_code == 404
    assert front.ask("GET", "/o/1.gif", headers=PERSON).status_code == 200
    front.site.clerk.work_off()
    assert counting.numbers_of(front.app, 1) == ([], Count(0, 0))
    front.app.database.close()


def test_people_and_robots_are_counted_apart_and_nobody_is_known(tmp_path: Path) -> None:
    """The same addresses in every copy; they lead to the links of the issue and nowhere else."""
    front, html = sent(tmp_path / "news", "clicks = true\nopens = true")
    assert "https://example.org" not in html
    assert f'href="{front.site.url}/l/1/1"' in html

    for headers in (PERSON, PERSON, {**PERSON, "purpose": "prefetch"}, {}):
        answer = front.ask("GET", "/l/1/1", headers=headers)
        assert (answer.status_code, answer.headers["location"]) == (302, "https://example.org/clip")
        assert front.ask("GET", "/o/1.gif", headers=headers).headers["content-type"] == "image/gif"
    for path in ("/l/1/9", "/l/2/1", "/l/1/1/x", "/l/1/-1", "/l/1/https://evil.example"):
        assert front.ask("GET", path, headers=PERSON).status_code == 404
    front.ask("GET", "/o/77.gif", headers=PERSON)
    front.site.clerk.work_off()

    clicks, opens = counting.numbers_of(front.app, 1)
    assert [(each.url, each.count) for each in clicks] == [
        ("https://example.org/clip", Count(2, 2)),
        ("https://example.org/deberta", Count(0, 0)),
    ]
    assert clicks[0].label == "project page: CLIP"
    assert opens == Count(2, 2)
    front.app.database.close()


@pytest.mark.parametrize(
    ("method", "changes", "robot"),
    [
        ("GET", {}, False),
        ("HEAD", {}, True),
        ("GET", {"user-agent": "Mozilla/5.0"}, True),
        ("GET", {"user-agent": ""}, True),
        ("GET", {"user-agent": f"{FIREFOX} (via ggpht.com GoogleImageProxy)"}, True),
        ("GET", {"user-agent": "python-requests/2.32"}, True),
        ("GET", {"user-agent": "Mozilla/5.0 (compatible; bingbot/2.0)"}, True),
        ("GET", {"sec-purpose": "prefetch;prerender"}, True),
        ("GET", {"accept-language": ""}, True),
    ],
)
def test_a_robot_is_told_by_what_it_says_of_itself(
    method: str, changes: dict[str, str], robot: bool
) -> None:
    assert is_robot(method, {**PERSON, **changes}) is robot
