"""A relay that takes so many copies a connection, and then no more, costs none of them."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest
from sender.scripted import ScriptedServer
from sender.talk import (
    BODY,
    COPY,
    FAREWELL,
    HELLO,
    HELLO_STEP_BY_STEP,
    SHORT,
    Copies,
    carry,
    submit,
    transport_to,
)

from mailer.errors import RelayError, RelayRefused, RelayUnavailable
from mailer.model.outcome import Deferred, Outcome, Reply, Sent

Form = tuple[str, str, str]  # the greeting, a whole copy, and what we say before the first answer

PIPELINED = "C: MAIL FROM:<*>\nC: RCPT TO:<*>\nC: DATA\n"
FORMS = {
    "step by step": (HELLO_STEP_BY_STEP, BODY, "C: MAIL FROM:<*>\n"),
    "pipelined": (
        HELLO,
        f"{PIPELINED}S: 250 fine\nS: 250 fine\nS: 354 go ahead\nC: [body]\nS: 250 kept\n",
        PIPELINED,
    ),
}
every_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)

TOO_MANY = "S: 421 4.7.0 too many messages\n! gone"
every_end = pytest.mark.parametrize("end", [TOO_MANY, "! drop", "! reset"])


class Asked:
    """A `ready` that counts, and gives these answers; then yes."""

    def __init__(self, *answers: bool) -> None:
        self.times = 0
        self._answers = list(answers)

    async def __call__(self) -> bool:
        self.times += 1
        return self._answers.pop(0) if self._answers else True


def ending(form: Form, end: str, copies: int = 1) -> str:
    """A connection that takes so many copies, and ends at the next MAIL."""
    hello, copy, offer = form
    return hello + copy * copies + offer + end


def serving(form: Form, copies: int = 1) -> str:
    hello, copy, _ = form
    return hello + copy * copies + FAREWELL


def two_copies(
    *dialogues: str, asked: Asked | None = None
) -> tuple[list[Outcome | None], ScriptedServer]:
    return submit(*dialogues, copies=(COPY, COPY), ready=asked or Asked())


def kinds(outcomes: list[Outcome | None]) -> list[type]:
    return [type(outcome) for outcome in outcomes]


@every_form
@every_end
def test_a_connection_that_ends_at_mail_costs_no_copy(form: Form, end: str) -> None:
    """The same transaction is made on a new one, on the same word of the ledger."""
    asked = Asked()
    outcomes, server = two_copies(ending(form, end), serving(form), asked=asked)
    assert kinds(outcomes) == [Sent, Sent]
    assert server.bodies == [COPY.body] * 2
    assert (server.connections, asked.times) == (2, 2)


@every_form
@every_end
def test_a_copy_is_offered_a_second_time_at_most(form: Form, end: str) -> None:
    """A relay that ends the new connection at MAIL too means it: the copy waits."""
    asked = Asked()
    outcomes, server = two_copies(ending(form, end), ending(form, end, copies=0), asked=asked)
    assert kinds(outcomes) == [Sent, Deferred]
    assert (server.connections, asked.times) == (2, 2)


@every_form
@pytest.mark.parametrize(
    ("greeting", "error"),
    [
        ("S: 421 4.3.2 busy\n! gone", RelayUnavailable),
        ("S: 554 5.7.1 no more\n! gone", RelayRefused),
    ],
)
def test_a_copy_without_a_new_connection_is_deferred(
    form: Form, greeting: str, error: type[RelayError]
) -> None:
    """Its attempt is on record; the next copy, not yet asked for, is left as it is."""

    async def scene() -> None:
        async with ScriptedServer(ending(form, TOO_MANY), greeting) as server:
            asked = Asked()
            copies = Copies(COPY, COPY, COPY, ready=asked)
            with pytest.raises(error):
                await carry(transport_to(server), copies)
            deferred = Deferred(Reply(421, "4.7.0", "too many messages"))
            assert copies.outcomes[1:] == [deferred, None]
            assert isinstance(copies.outcomes[0], Sent)
            assert (asked.times, len(copies.left)) == (2, 1)

    asyncio.run(scene())


@every_form
@every_end
def test_a_copy_that_is_not_wanted_needs_no_new_connection(form: Form, end: str) -> None:
    """It is skipped where it stands."""
    outcomes, server = two_copies(ending(form, end), asked=Asked(True, False))
    assert kinds(outcomes) == [Sent, type(None)]
    assert server.connections == 1


@every_form
@pytest.mark.parametrize("trouble", ["S: what?\n! gone", "! hang"])
def test_other_trouble_at_mail_is_deferred(form: Form, trouble: str) -> None:
    """A server that is silent or makes no sense did not end the connection: we did."""
    outcomes, server = two_copies(ending(form, trouble))
    assert kinds(outcomes) == [Sent, Deferred]
    assert server.connections == 1


@every_form
def test_a_4xx_at_mail_is_deferred(form: Form) -> None:
    """It is the answer, and the connection serves on."""
    rest = "S: 503 no sender\nS: 503 no sender\n" if form is FORMS["pipelined"] else ""
    busy = f"S: 451 4.3.0 try later\n{rest}C: RSET\nS: 250 as new\n{FAREWELL}"
    outcomes, server = two_copies(ending(form, busy))
    assert outcomes[1] == Deferred(Reply(451, "4.3.0", "try later"))
    assert server.connections == 1


@pytest.mark.parametrize("end", [TOO_MANY, "! drop"])
def test_a_connection_that_ends_after_a_yes_to_mail_defers_the_copy(end: str) -> None:
    """The transaction had begun: whatever ended it may be this copy's."""
    outcomes, server = two_copies(ending(FORMS["pipelined"], f"S: 250 fine\n{end}"))
    assert kinds(outcomes) == [Sent, Deferred]
    assert server.connections == 1


def test_a_copy_cancelled_while_the_new_connection_opens_is_not_submitted() -> None:
    """The new connection is closed as well, and nothing of the copy goes on."""

    async def scene() -> None:
        form = FORMS["pipelined"]
        async with ScriptedServer(ending(form, TOO_MANY), "! hang") as server:
            copies = Copies(COPY, COPY)
            work = asyncio.create_task(carry(transport_to(server), copies))
            await asyncio.sleep(SHORT)
            assert server.connections == 2
            work.cancel()
            with pytest.raises(asyncio.CancelledError):
                await work
            assert asyncio.all_tasks() - server.talks == {asyncio.current_task()}
            assert kinds(copies.outcomes) == [Sent, Deferred]
        assert server.bodies == [COPY.body]
        assert server.leftover == b""

    asyncio.run(scene())


@every_form
@every_end
def test_200_copies_pass_a_relay_that_takes_20_a_connection(form: Form, end: str) -> None:
    """All are sent, each once, over ten connections."""
    copies = tuple(
        dataclasses.replace(COPY, body=COPY.body + f"Number {number}.\r\n".encode())
        for number in range(200)
    )
    dialogues = [ending(form, end, copies=20)] * 9 + [serving(form, copies=20)]
    outcomes, server = submit(*dialogues, copies=copies)
    assert kinds(outcomes) == [Sent] * 200
    assert server.bodies == [copy.body for copy in copies]
    assert server.connections == 10
