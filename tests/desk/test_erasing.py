"""An erased person is in no table and in no byte of the file; what was counted stays counted."""

from __future__ import annotations

import json
from collections.abc import Iterator

import publication
import pytest
import sqlalchemy as sa
from newsroom import Newsroom

from mailer.app import open_app
from mailer.database import Database
from mailer.desk import erasing, holdings, sending, story
from mailer.errors import ConfigError
from mailer.ledger import control, notices, replies, reports, status
from mailer.ledger.replies import Written
from mailer.ledger.reports import Copy, Entry
from mailer.ledger.schema import attempts, deliveries
from mailer.ledger.schema import metadata as ledger
from mailer.model.delivery import DispatchState, State
from mailer.model.report import Report, ReportClass
from subscribers import passes, suppression, tags
from subscribers.address import parse
from subscribers.editing import Edit
from subscribers.errors import UnknownSubscriber
from subscribers.model import Added, Consent, PassKind, SubscriptionStatus, SuppressionReason
from subscribers.passes import Grant
from subscribers.schema import metadata as store

ZOE = "Zoe.Quinn@example.org"  # as she wrote it; relays write it as they like
PERSONAL = ("zoe", "quinn", "192.0.2.77", "fair of 2019")
CONFIRMED = SubscriptionStatus.CONFIRMED
CONSENT = Consent("a form", "at the fair of 2019", "192.0.2.77", "Zoescape/1.0")


@pytest.fixture
def zoe(newsroom: Newsroom) -> int:
    """On two lists, in a dispatch with three others, her copy refused after two attempts, and her
    address in whatever text may hold it; the dispatch."""
    app = newsroom.app
    app.store.create_list("weekly", "Weekly", "weekly.example.org", app.now())
    newsroom.add(3)
    for name in ("monthly", "weekly"):
        attributes = {"first_name": "Zoe", "town": "Quinnfield"}
        app.store.add(ZOE, name, attributes, CONSENT, CONFIRMED, app.now())
    with app.database.write() as c:
        someone = app.store.show("reader0@example.org").id
        tags.attach(c, {app.store.show(ZOE).id: {"met Zoe", "gold"}, someone: {"gold"}})
    edit = Edit(None, "de", {"town": "Quinnfield-on-Sea"}, frozenset(), frozenset())
    app.store.edit(ZOE, edit, "by the editor", app.now())
    asked = f"{ZOE} asked us to"
    app.store.suppress("@example.net", None, SuppressionReason.MANUAL, asked, app.now())
    return _dispatch(newsroom)


def _dispatch(newsroom: Newsroom) -> int:
    app = newsroom.app
    bench = publication.Bench(app.folder, app.database, app.store)
    dispatch_id = bench.plan()
    with app.database.write() as c:
        mine = deliveries.c.email == ZOE
        seq = c.scalar(sa.select(deliveries.c.seq).where(mine))
        refused = "550 5.1.1 <ZOE.QUINN@example.org> User Zoe Quinn is unknown"
        c.execute(deliveries.update().where(mine).values(reply=refused))
        for number, text in enumerate((f"<{ZOE}> greylisted", "try later, Zoe"), start=1):
            row = (dispatch_id, seq, number, app.now(), "relay", 450, "4.7.1", text)
            c.execute(attempts.insert().values(row))
        bounce = Report(ZOE, ReportClass.DEAD, status="5.1.1", text=refused)
        key = ZOE.lower()
        copy = Copy(dispatch_id, seq, ZOE, app.now())
        reports.note(c, Entry("1.4 dead", "imap", bounce, "token", "noted", copy, key), app.now())
        monthly = app.store.show(ZOE).subscriptions[0]
        grant = Grant(PassKind.ACCESS, app.store.show(ZOE).id, parse(ZOE), evidence="Zoe said so")
        passes.issue(c, grant, bytes(16), app.now())
        notices.order(c, notices.Order(notices.Kind.ACCESS, ZOE, "en", subscription=monthly.token))
        said = b"From: Zoe Quinn\r\n\r\nPlease remove me"
        replies.keep(c, Written("x", ZOE, "Zoe asks", True, said), app.now())
        control.pause(c, dispatch_id, f"too many refused: {refused}", "Zoe.Quinn@example.org")
    return dispatch_id


def _texts(database: Database) -> Iterator[tuple[str, str]]:
    """Every table's rows as text."""
    with database.read() as c:
        for metadata in (store, ledger):
            for table in metadata.sorted_tables:
                for row in c.execute(sa.select(table)):
                    yield table.name, str(row)


def _bytes(database: Database) -> bytes:
    """Of the database's file and all that lies beside it."""
    files = sorted(database.path.parent.glob(f"{database.path.name}*"))
    return b"".join(path.read_bytes() for path in files)


def test_her_data_is_in_every_place_before(newsroom: Newsroom, zoe: int) -> None:
    """Else the next test would hold nothing."""
    tables = {name for name, text in _texts(newsroom.app.database) if "zoe" in text.lower()}
    assert tables == {
        *("subscribers", "consent_events", "tags", "suppressions", "passes", "notices"),
        *("deliveries", "attempts", "events", "dispatches", "reports", "replies"),
    }


def test_whoever_asks_what_is_held_of_them_is_told_of_every_place(
    newsroom: Newsroom, zoe: int
) -> None:
    """Also under an address that she had before; in words, and for programs."""
    app = newsroom.app
    app.store.edit(ZOE, Edit(parse("z@example.net")), "by the editor", app.now())
    held = holdings.whole(app, "z@example.net")
    document = json.dumps(holdings.document(held), default=str)
    told = "\n".join(story.lines(held, app.timezone))
    for place in (
        *("Quinnfield-on-Sea", "met Zoe", "at the fair of 2019", "192.0.2.77"),
        *("550 5.1.1 <ZOE.QUINN@example.org>", "greylisted", "try later, Zoe"),
        *("Zoe asks", "access", ZOE),
    ):
        assert place in document
        assert place in told
    for detail in ("Zoescape/1.0", "Please remove me", "Zoe said so"):
        assert detail in document
    assert {table for table, text in _texts(app.database) if "zoe" in text.lower()} - {
        *("subscribers", "subscriber_changes", "consent_events", "tags", "suppressions", "passes"),
        *("notices", "deliveries", "attempts", "reports", "replies"),
    } == {"events", "dispatches"}  # the editor's own reasons, which say it by the way


def test_who_is_known_by_a_suppression_alone_is_told_of_it(newsroom: Newsroom) -> None:
    store, at = newsroom.app.store, newsroom.app.now()
    store.suppress(ZOE, None, SuppressionReason.COMPLAINED, "she wrote", at)
    held = holdings.whole(newsroom.app, ZOE)
    assert [each.source for each in held.person.suppressions] == ["she wrote"]
    erasing.erase(newsroom.app, ZOE)
    with pytest.raises(UnknownSubscriber):
        holdings.whole(newsroom.app, ZOE)


def test_no_row_and_no_byte_of_her_is_left(newsroom: Newsroom, zoe: int) -> None:
    database = newsroom.app.database
    erasing.erase(newsroom.app, "zoe.quinn@EXAMPLE.org")
    rows = "\n".join(f"{table}: {row}" for table, row in _texts(database))
    assert [word for word in PERSONAL if word in rows.lower()] == []
    database.compact()
    held = _bytes(database).lower()
    assert [word for word in PERSONAL if word.encode() in held] == []
    assert b"reader0@example.org" in held


def test_an_address_that_she_had_before_goes_too_and_brings_her_back_as_little(
    newsroom: Newsroom, zoe: int
) -> None:
    app = newsroom.app
    app.store.edit(ZOE, Edit(parse("z@example.net")), "by the editor", app.now())
    erasing.erase(app, "z@example.net")
    rows = "\n".join(f"{table}: {row}" for table, row in _texts(app.database))
    assert [word for word in PERSONAL if word in rows.lower()] == []
    for address in (ZOE, "z@example.net"):
        added = app.store.add(address, "monthly", {}, CONSENT, CONFIRMED, app.now())
        assert added.added is Added.KEPT


def test_an_address_that_somebody_else_has_by_now_stays_theirs(
    newsroom: Newsroom, zoe: int
) -> None:
    app = newsroom.app
    app.store.edit(ZOE, Edit(parse("z@example.net")), "by the editor", app.now())
    app.store.edit("reader0@example.org", Edit(parse(ZOE)), "by the editor", app.now())
    erasing.erase(app, "z@example.net")
    assert app.store.show(ZOE).subscriptions[0].status is CONFIRMED


def test_the_counts_stay_and_the_reasons_say_their_codes(newsroom: Newsroom, zoe: int) -> None:
    database = newsroom.app.database
    with database.read() as c:
        before = status.status(c, zoe)
    done = erasing.erase(newsroom.app, ZOE)
    assert (done.copies, done.on_the_way) == (1, 0)
    with database.read() as c:
        after = status.status(c, zoe)
        (copy,) = (row for row in status.copies(c, zoe) if not row.email)
        owner = c.execute(sa.select(deliveries).where(deliveries.c.seq == copy.seq)).one()
    assert (after.total, after.counts) == (before.total, before.counts)
    assert after.reason == "too many refused: 550 5.1.1 <(erased)"
    assert copy.reply == "550 5.1.1"
    assert [(each.code, each.enhanced, each.text) for each in copy.attempts] == [
        (450, "4.7.1", ""),
        (450, "4.7.1", ""),
    ]
    assert (owner.subscriber_id, owner.subscription_id, owner.token) == (None, None, None)


def test_a_tag_that_others_have_stays(newsroom: Newsroom, zoe: int) -> None:
    erasing.erase(newsroom.app, ZOE)
    assert newsroom.app.store.show("reader0@example.org").tags == ("gold",)


def test_others_keep_what_is_theirs(newsroom: Newsroom, zoe: int) -> None:
    """Also those whose address differs by one character that a pattern would pass over."""
    store = newsroom.app.store
    other = "Zoe_Quinn@example.org"
    store.add(other, "monthly", {"town": "Quinnfield"}, CONSENT, CONFIRMED, newsroom.app.now())
    erasing.erase(newsroom.app, ZOE)
    person = store.show(other)
    assert (person.attributes["town"], person.consents[0].evidence) == (
        "Quinnfield",
        "at the fair of 2019",
    )


def test_no_import_brings_her_back_and_she_can_come_herself(newsroom: Newsroom, zoe: int) -> None:
    app = newsroom.app
    erasing.erase(app, ZOE)
    again = (ZOE.upper(), "monthly", {}, CONSENT, CONFIRMED, app.now())
    assert app.store.add(*again).added is Added.KEPT
    with app.database.write() as c:
        key = ZOE.lower()
        assert suppression.lift(c, key, app.store.list("monthly").id, app.fingerprint)
    assert app.store.add(*again).added is Added.ADDED


def test_her_old_link_finds_nobody_and_is_no_error(newsroom: Newsroom, zoe: int) -> None:
    store = newsroom.app.store
    token = store.show(ZOE).subscriptions[0].token
    erasing.erase(newsroom.app, ZOE)
    store.unsubscribe_token(token, "one click", newsroom.app.now())
    assert store.subscription(token) is None


def test_a_copy_that_waited_is_skipped_and_the_dispatch_ends(newsroom: Newsroom, zoe: int) -> None:
    app = newsroom.app
    erasing.erase(app, ZOE)
    with app.database.write() as c:
        control.resume(c, zoe, "editor")
    done = sending.carry_on(app, zoe, lambda _: None, lambda _: None).status
    assert (done.counts[State.SENT], done.counts[State.SKIPPED]) == (3, 1)
    assert done.state is DispatchState.FINISHED


def test_it_can_be_done_again_for_what_a_relay_said_meanwhile(newsroom: Newsroom, zoe: int) -> None:
    app = newsroom.app
    with app.database.write() as c:
        mine = deliveries.c.email == ZOE
        c.execute(deliveries.update().where(mine).values(state=State.SENDING))
    assert erasing.erase(app, ZOE).on_the_way == 1
    with app.database.write() as c:
        c.execute(deliveries.update().where(deliveries.c.email.is_(None)).values(reply=f"<{ZOE}>?"))
    assert erasing.erase(app, ZOE) == erasing.Erased(0, 1, 1)
    assert not [text for _, text in _texts(app.database) if "zoe" in text.lower()]
    assert erasing.erase(app, ZOE) == erasing.Erased(0, 0, 0)


def test_who_is_known_by_a_suppression_alone_is_erased(newsroom: Newsroom) -> None:
    store = newsroom.app.store
    store.suppress(ZOE, None, SuppressionReason.COMPLAINED, "she wrote", newsroom.app.now())
    erasing.erase(newsroom.app, ZOE)
    assert not [text for _, text in _texts(newsroom.app.database) if "zoe" in text.lower()]


def test_a_spelling_mistake_erases_nobody(newsroom: Newsroom, zoe: int) -> None:
    with pytest.raises(UnknownSubscriber, match="check its spelling"):
        erasing.erase(newsroom.app, "zoe.quin@example.org")
    wrong = ("zoe.quin@example.org", "monthly", {}, CONSENT, CONFIRMED, newsroom.app.now())
    assert newsroom.app.store.add(*wrong).added is Added.ADDED


def test_without_the_pepper_nothing_is_erased(newsroom: Newsroom, zoe: int) -> None:
    """Else an import would bring her back."""
    secrets = newsroom.app.folder / "secrets.toml"
    lines = secrets.read_text().splitlines(keepends=True)
    secrets.write_text("".join(line for line in lines if "pepper" not in line))
    with pytest.raises(ConfigError, match="pepper"):
        erasing.erase(open_app(newsroom.app.folder), ZOE)
    assert newsroom.app.store.show(ZOE).consents


def test_every_table_of_the_store_says_whose_its_rows_are() -> None:
    """By one of three names, by which they are found; but for those that are nobody's."""
    nobodys = {"lists", "suppressions", "attribute_definitions", "tags", "segments"}
    names = {"subscriber_id", "subscription_id", "email_key"}
    for table in store.sorted_tables:
        assert names & set(table.c.keys()) or table.name in nobodys, table.name
