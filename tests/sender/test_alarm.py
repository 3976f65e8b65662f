"""A dispatch that goes wrong for many is stopped; one with a few dead addresses is not."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from mailer.model.outcome import Blame, Deferred, Outcome, Rejected, Reply, Sent, Uncertain
from mailer.sender.alarm import Tally, Threshold, alarm, no_such_person

SENT = Sent(Reply(250, "", "fine"))
GONE = Rejected(Reply(550, "5.1.1", "no such user"))
SPAM = Rejected(Reply(554, "5.6.0", "looks like spam"))
POLICY = Rejected(Reply(550, "5.7.1", "denied"), Blame.POLICY)


def after(outcomes: Iterable[Outcome]) -> str:
    tally = Tally()
    for outcome in outcomes:
        tally.count(outcome)
    return alarm(tally, Threshold())


@pytest.mark.parametrize(
    ("outcomes", "reason"),
    [
        ([SENT] * 200, ""),
        ([SPAM] * 199, ""),
        ([SENT] * 190 + [SPAM] * 10, "10 of 200 copies were refused for other reasons"),
        ([SENT] * 191 + [SPAM] * 9, ""),
        ([SENT] * 190 + [POLICY] * 10, "10 of 200 copies were refused for other reasons"),
        ([SENT] * 161 + [GONE] * 39, ""),
        ([SENT] * 160 + [GONE] * 40, "40 of 200 copies were refused by the relay"),
        ([SENT] * 160 + [GONE] * 31 + [SPAM] * 9, "40 of 200 copies were refused by the relay"),
        ([Uncertain(Reply(0, "", "lost"))] * 300, ""),
        ([SENT] * 150 + [Deferred(Reply(451, "", "later"))] * 400 + [SPAM] * 40, ""),
    ],
)
def test_alarm(outcomes: list[Outcome], reason: str) -> None:
    """A twentieth for any other reason than that nobody is there, a fifth for all reasons."""
    found = after(outcomes)
    assert found.startswith(reason) if reason else not found


def test_the_reason_ends_with_what_the_relay_said() -> None:
    """Of the kind that is the trouble, even when dead addresses came after it."""
    found = after([SENT] * 150 + [SPAM] * 20 + [GONE] * 30)
    assert found.endswith("the last with: 554 5.6.0 looks like spam")
    assert after([GONE] * 200).endswith("the last with: 550 5.1.1 no such user")


def test_a_share_of_one_never_stops() -> None:
    """Who wants no such stop says so."""
    tally = Tally(attempts=1000, nobody=500, other=500)
    assert alarm(tally, Threshold(other=1, of_all=1)) == ""


@pytest.mark.parametrize(
    ("code", "enhanced", "nobody"),
    [
        (550, "5.1.1", True),
        (550, "5.1.10", True),
        (550, "5.2.1", True),
        (550, "", True),
        (553, "", True),
        (550, "5.2.2", False),
        (554, "5.6.0", False),
        (550, "5.7.1", False),
        (554, "", False),
        (552, "", False),
    ],
)
def test_no_such_person(code: int, enhanced: str, nobody: bool) -> None:
    """The enhanced code decides where there is one."""
    assert no_such_person(Reply(code, enhanced, "")) is nobody
