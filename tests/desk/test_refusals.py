"""What a relay says of a reader while it is given the copy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from newsroom import Newsroom

from mailer.app import App
from mailer.desk import collecting, dispatches, holdings, refusals, report
from mailer.model.delivery import State
from mailer.model.outcome import Rejected, Reply
from mailer.sender.memory import MemoryTransport
from mailer.sender.route import Route

NOBODY = Reply(550, "5.1.1", "<…>: Recipient address rejected: User unknown")
POLICY = Reply(550, "5.1.1", "blocked, see our policy")
FULL = Reply(552, "5.2.2", "mailbox full")
Refusing = Callable[[set[str], Reply], None]


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Refusing:
    """The relay says so of these readers, and takes everybody else's copies."""

    def refuse(readers: set[str], reply: Reply) -> None:
        relay = MemoryTransport({reader: [Rejected(reply)] for reader in readers})
        monkeypatch.setattr(App, "routes", lambda _app: [Route("relay", relay)])

    return refuse


def readers(*numbers: int) -> set[str]:
    return {f"reader{number}@example.org" for number in numbers}


def suppressed(newsroom: Newsroom, count: int) -> set[str]:
    store = newsroom.app.store
    return {each for each in readers(*range(count)) if store.show(each).suppressions}


def test_who_is_dead_in_the_dialogue_is_suppressed(newsroom: Newsroom, refusing: Refusing) -> None:
    """As by a report. The copy is counted once, as failed: it never came back."""
    newsroom.add(5)
    refusing(readers(1, 3), NOBODY)
    dispatch = newsroom.send()
    assert suppressed(newsroom, 5) == readers(1, 3)
    found = report.report(newsroom.app, dispatch)
    assert (found.status.counts[State.FAILED], found.issue.outline.bounced, found.came_back) == (
        2,
        0,
        {},
    )
    [told] = holdings.of(newsroom.app, "reader1@example.org").reports
    assert (told.status, told.effect) == ("5.1.1", "suppressed")
    newsroom.app.store.unsuppress("reader1@example.org", None, newsroom.app.now())
    refusals.take_in(newsroom.app, dispatch)
    assert suppressed(newsroom, 5) == readers(3)


@pytest.mark.parametrize("reply", [POLICY, FULL], ids=["policy", "full"])
def test_who_is_refused_for_another_reason_is_not(
    newsroom: Newsroom, refusing: Refusing, reply: Reply
) -> None:
    """Whatever its number: words come first."""
    newsroom.add(3)
    refusing(readers(1), reply)
    dispatch = newsroom.send()
    assert dispatches.of(newsroom.app, dispatch).counts[State.FAILED] == 1
    assert suppressed(newsroom, 3) == set()


def test_a_relay_that_takes_no_copy_at_all_suppresses_nobody(
    newsroom: Newsroom, refusing: Refusing
) -> None:
    newsroom.add(4)
    refusing(readers(*range(4)), NOBODY)
    newsroom.send()
    assert suppressed(newsroom, 4) == set()


def test_so_many_at_once_are_held(newsroom: Newsroom, refusing: Refusing) -> None:
    """A relay out of order may say it of half of them; an editor decides."""
    newsroom.add(60)
    refusing(readers(*range(30)), NOBODY)
    dispatch = newsroom.send()
    assert suppressed(newsroom, 60) == set()
    [held] = collecting.todo(newsroom.app).held
    assert (held.dispatch_id, held.copies, held.text) == (dispatch, 30, NOBODY.text)
    assert collecting.agree(newsroom.app, f"dispatch-{dispatch}") == 30
    assert suppressed(newsroom, 60) == readers(*range(30))
