"""What a dispatch came to: every number adds up, and stands beside those of the issues before."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
from feedback.reports import complaint, dsn, failed
from lxml import html as lxml_html
from newsroom import Newsroom, make

from mailer.app import open_app
from mailer.cli.main import run
from mailer.desk import erasing, report, returns
from mailer.desk.returns import Post, Via
from mailer.ledger.schema import attempts, deliveries, dispatches, shards
from mailer.message.verp import HEADER, DeliveryKey, token_of
from mailer.model.delivery import BY_THE_EDITOR, DispatchState, State
from mailer.model.report import ReportClass
from mailer.web import report_page
from mailer.web.report_page import standing

FULL, DEAD = "552 5.2.2 <reader1@example.org> is full", "550 5.1.1 <reader0@example.org>: nobody"


def header(newsroom: Newsroom, dispatch: int, seq: int) -> str:
    return f"{HEADER}: {token_of(newsroom.app.links.keyring, DeliveryKey(dispatch, seq))}\n"


def bounce(newsroom: Newsroom, dispatch: int, seq: int, said: str) -> None:
    copy = header(newsroom, dispatch, seq)
    source = dsn(failed(said, recipient=f"reader{seq - 1}@example.org"), copy=copy)
    returns.take(newsroom.app, Post(source, Via.IMAP))


def refuse(newsroom: Newsroom, dispatch: int, seq: int, code: int, enhanced: str) -> None:
    """As if the relay had refused a copy that it took."""
    mine = (deliveries.c.dispatch_id == dispatch, deliveries.c.seq == seq)
    said = {"code": code, "enhanced": enhanced, "text": "<a@example.org> no", "relay": "relay"}
    with newsroom.app.database.write() as c:
        c.execute(deliveries.update().where(*mine).values(state=State.FAILED))
        key = {"dispatch_id": dispatch, "seq": seq, "attempt": 1, "at": newsroom.app.now()}
        c.execute(attempts.insert().values(key | said))
        counted = {"sent": shards.c.sent - 1, "failed": shards.c.failed + 1}
        c.execute(shards.update().where(shards.c.dispatch_id == dispatch).values(counted))


@pytest.fixture(scope="module")
def two_issues(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """The first to ten readers of whom one died; the second to eleven, with all that can be."""
    newsroom = make(tmp_path_factory.mktemp("reports") / "news")
    newsroom.add(10)
    bounce(newsroom, newsroom.send(), 10, DEAD)
    newsroom.add(2, start=10)
    later = newsroom.app.folder / "issues" / "2021-02.md"
    text = newsroom.file.read_text(encoding="utf-8")
    later.write_text(text.replace("id: 2021-01", "id: 2021-02"), encoding="utf-8")
    second = newsroom.send("issues/2021-02.md")
    bounce(newsroom, second, 1, DEAD)
    bounce(newsroom, second, 2, FULL)
    bounce(newsroom, second, 3, FULL)
    returns.take(
        newsroom.app,
        Post(complaint("Feedback-Type: abuse", header(newsroom, second, 4)), Via.IMAP),
    )
    refuse(newsroom, second, 5, 550, "5.1.1")
    refuse(newsroom, second, 6, 550, "5.1.1")
    refuse(newsroom, second, 7, 0, "")
    newsroom.app.store.unsubscribe("reader7@example.org", None, "a test", newsroom.app.now())
    return newsroom


def test_the_numbers_add_up(two_issues: Newsroom) -> None:
    """Of the copies of this dispatch, and no other."""
    found = report.report(two_issues.app, None)
    assert {name: of(found.issue) for name, of in report.MEASURES.items()} == {
        "sent": 8,
        "failed": 3,
        "bounced": 3,
        "complained": 1,
        "unsubscribed": 2,  # who complained left as well
    }
    assert [(each.reason, each.count) for each in found.failures] == [("550 5.1.1", 2), ("", 1)]
    assert [(kind, each.count) for kind, each in found.returns] == [
        (ReportClass.FULL, 2),
        (ReportClass.COMPLAINT, 1),
        (ReportClass.DEAD, 1),
    ]
    assert sum(found.sending.numbers) == 8
    assert sum(found.returning.numbers) == 3
    assert sum(found.leaving.numbers) == 2
    [domain] = found.domains
    assert (domain.domain, domain.total, domain.sent, domain.failed) == ("example.org", 11, 8, 3)
    assert (domain.bounced, domain.complained) == (3, 1)


def test_a_copy_of_which_several_reports_came_counts_once(newsroom: Newsroom) -> None:
    """Also where its reader is erased, and has no domain any more."""
    newsroom.add(3)
    dispatch = newsroom.send()
    for said in (FULL, DEAD):
        bounce(newsroom, dispatch, 1, said)
    complained = complaint("Feedback-Type: abuse", header(newsroom, dispatch, 1))
    returns.take(newsroom.app, Post(complained, Via.IMAP))
    erasing.erase(newsroom.app, "reader0@example.org")
    found = report.report(newsroom.app, dispatch)
    assert (found.issue.outline.bounced, found.issue.outline.complained) == (1, 1)
    kept, erased = found.domains
    assert (kept.domain, kept.total, kept.bounced, kept.complained) == ("example.org", 2, 0, 0)
    assert (erased.domain, erased.total, erased.bounced, erased.complained) == ("", 1, 1, 1)


def test_what_became_of_the_copies_adds_up_while_some_are_open(newsroom: Newsroom) -> None:
    """Sent, deferred, not yet tried, failed are all there are; the page says what it waits for."""
    newsroom.add(4)
    dispatch = newsroom.send()
    refuse(newsroom, dispatch, 1, 550, "5.1.1")
    again = newsroom.app.now() + dt.timedelta(hours=2)
    with newsroom.app.database.write() as c:
        mine = (deliveries.c.dispatch_id == dispatch, deliveries.c.seq == 2)
        waits = {"state": State.DEFERRED, "not_before": again}
        c.execute(deliveries.update().where(*mine).values(waits))
        counted = {"sent": shards.c.sent - 2, "deferred": 1, "planned": 1}
        c.execute(shards.update().where(shards.c.dispatch_id == dispatch).values(counted))
        c.execute(dispatches.update().values(state=DispatchState.OPEN))
    found = report.report(newsroom.app, dispatch)
    before, after = report.fates(found)[:4], report.fates(found)[4:]
    assert [(fate.name, fate.number) for fate in before] == [
        *(("sent", 1), ("deferred", 1), ("not yet tried", 1), ("failed", 1)),
    ]
    assert sum(fate.number for fate in before) == found.status.total
    assert sum(fate.share for fate in before) == pytest.approx(1)
    assert [fate.name for fate in after] == ["bounced", "complained", "unsubscribed"]
    page = report_page.page(newsroom.app, found)
    assert "is not through. 1 copy is not yet tried. 1 copy is to be tried again from " in page
    assert f"{again.astimezone(newsroom.app.timezone):%d %B %Y at %H:%M} on." in page


def test_the_page_says_how_far_a_dispatch_is(two_issues: Newsroom) -> None:
    """In words that need no manual, whatever its state."""
    found, zone = report.report(two_issues.app, 2), dt.UTC
    assert standing(found, zone).endswith(", and every copy is settled.")

    def told(state: DispatchState, **changes: Any) -> str:
        status = dataclasses.replace(found.status, state=state, **changes)
        return standing(dataclasses.replace(found, status=status), zone)

    doubted = {**found.status.counts, State.UNCERTAIN: 2}
    assert "was cancelled, and sends nothing more" in told(DispatchState.CANCELLED)
    assert "is paused: by the editor." in told(DispatchState.PAUSED, reason=BY_THE_EDITOR)
    assert "2 copies wait for your decision." in told(DispatchState.OPEN, counts=doubted)
    at = dt.datetime(2026, 12, 1, 8, tzinfo=dt.UTC)
    scheduled = told(DispatchState.SCHEDULED, started_at=None, scheduled_at=at)
    assert scheduled == "It is to begin on 01 December 2026 at 08:00."
    never = told(DispatchState.CANCELLED, started_at=None, scheduled_at=at)
    assert never == "It has not begun, was cancelled, and sends nothing more."


def test_no_example_names_a_person(two_issues: Newsroom) -> None:
    """What servers say does."""
    found = report.report(two_issues.app, None)
    texts = [each.text for each in (*found.failures, *(each for _, each in found.returns))]
    assert "<(address)> no" in texts
    assert not any("@" in text for text in texts)


def test_an_issue_stands_beside_those_before_it(two_issues: Newsroom) -> None:
    """Each with its own numbers; the median of their shares is what is usual."""
    found = report.report(two_issues.app, 2)
    [earlier] = found.earlier
    assert (earlier.outline.issue_id, earlier.outline.total, earlier.left) == ("2021-01", 10, 0)
    assert report.usual(found.earlier, report.MEASURES["bounced"]) == pytest.approx(0.1)
    first = report.report(two_issues.app, 1)
    assert first.earlier == ()
    assert report.usual(first.earlier, report.MEASURES["bounced"]) is None
    assert (first.issue.outline.bounced, first.came_back) == (1, {ReportClass.DEAD: 1})


def test_the_lists_health_is_told_by_month(two_issues: Newsroom) -> None:
    """In the publication's months; the last one is this."""
    health = report.report(two_issues.app, None).health
    *before, now = health.spans
    assert (now.joined, now.left, now.died, now.complained) == (12, 2, 2, 1)
    assert [span.joined for span in before] == [0] * 11
    assert all((span.start.day, span.start.time()) == (1, dt.time()) for span in health.spans)
    assert health.audience == 8
    assert (health.sizes[0], health.sizes[-2:], health.churn[-1]) == (0, (0, 8), 0)


def test_months_begin_where_the_publication_is(
    two_issues: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also over a change of the clocks."""
    monkeypatch.setenv("MAILER_PUBLICATION__TIMEZONE", "Europe/Berlin")
    app = open_app(two_issues.app.folder)
    starts = [span.start for span in report.report(app, None).health.spans]
    assert {(each.day, each.hour) for each in starts} == {(1, 0)}
    assert len(set(starts)) == 12


def test_a_dispatch_that_has_sent_nothing_has_a_report(newsroom: Newsroom) -> None:
    """All of it noughts."""
    newsroom.add(1)
    newsroom.write("folder:copies", "smtp://127.0.0.1:9", "mailer.toml")
    newsroom.app = open_app(newsroom.app.folder)
    dispatch = newsroom.send()
    found = report.report(newsroom.app, dispatch)
    assert found.issue.share(report.MEASURES["bounced"]) == 0
    assert found.returns == ()
    page = report_page.page(newsroom.app, found)
    assert "<svg" in page
    assert "those before it" not in page


def test_the_page_stands_alone(two_issues: Newsroom) -> None:
    """No script, nothing from elsewhere; every chart says what it shows."""
    page = report_page.page(two_issues.app, report.report(two_issues.app, None))
    assert "This issue and those before it" in page
    tree = lxml_html.document_fromstring(page)
    assert not tree.xpath("//script | //img | //link | //@onload | //@src")
    charts = tree.xpath("//figure/svg")
    assert [svg.get("role") for svg in charts] == ["img"] * 5
    assert "3 came back, 2 unsubscribed" in charts[1].get("aria-label")
    assert len(charts[2].xpath("./rect")) == 2
    assert not re.search(r"reader\d", page)


def test_the_command_gives_tables_a_document_and_a_page(
    two_issues: Newsroom, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Each for its reader."""

    def answer(*words: str) -> str:
        with pytest.raises(SystemExit) as ended:
            run(["-C", str(two_issues.app.folder), "dispatch", "report", *words])
        assert ended.value.code == 0
        return capsys.readouterr().out

    lines = [line.split("\t") for line in answer("2").splitlines()]
    assert ["bounced", "3", "27.27%", "10.00%"] in lines
    assert ["example.org", "11", "8", "3", "3", "1"] in lines
    document = json.loads(answer("--json", "--html", str(tmp_path / "page.html")))
    assert (document["sent"], document["bounced"], document["unsubscribed"]) == (8, 3, 2)
    assert document["came_back"] == {"complaint": 1, "dead": 1, "full": 2}
    assert len(document["over_time"]["sent"]["numbers"]) == 24
    start = dt.datetime.fromisoformat(document["over_time"]["came_back"]["start"])
    assert start.tzinfo is not None
    assert document["list"]["audience"] == 8
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
