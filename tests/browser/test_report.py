"""The report of a dispatch in Chromium: it fits, can be read, and says what its charts show."""

from __future__ import annotations

from typing import Any

import pytest
import viewing
from feedback.reports import dsn, failed
from newsroom import Newsroom
from playwright.sync_api import Page

from mailer.desk import report, returns
from mailer.desk.returns import Post, Via
from mailer.ledger import counting
from mailer.ledger.counting import OPEN
from mailer.web import report_page

pytestmark = pytest.mark.browser

_OUT_OF_SIGHT = """() => [...document.querySelectorAll('tbody th, td')]
  .filter(cell => cell.getBoundingClientRect().right > innerWidth).map(cell => cell.outerHTML)"""


def test_the_report_fits_and_can_be_read(newsroom: Newsroom, chromium: Any) -> None:
    """At 320 px too, light and dark, every number in sight; axe finds no fault against WCAG 2.2 A
    and AA."""
    newsroom.add(3)
    dispatch = newsroom.send()
    with newsroom.app.database.write() as c:
        counting.keep(c, dispatch, [("https://example.org/clip", "project page: CLIP " + "x" * 90)])
        for number in (OPEN, 1):
            counting.add(c, dispatch, number, robot=False)
    source = dsn(failed("550 5.1.1 " + "x" * 120, recipient="reader0@example.org"))
    returns.take(newsroom.app, Post(source, Via.FILE, vouched=True))
    html = report_page.page(newsroom.app, report.report(newsroom.app, None))

    def look(page: Page) -> tuple[dict[str, Any], list[str], dict[int, list[str]]]:
        views, faults, hidden = dict(viewing.each_view(page)), viewing.axe(page), {}
        for width in (320, 700):
            page.set_viewport_size({"width": width, "height": 800})
            hidden[width] = page.evaluate(_OUT_OF_SIGHT)
        return views, faults, hidden

    views, faults, hidden = chromium.run(viewing.visit(html, (), look))
    assert faults == []
    assert hidden == {320: [], 700: []}
    for where, view in views.items():
        assert view["wide"] <= view["screen"], where
        assert viewing.faint(view) == [], where
        assert viewing.small(view) == [], where
