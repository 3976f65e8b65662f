"""A courier and its connection: when a body leaves, and what becomes of the connection."""

from __future__ import annotations

import asyncio
import socket

import pytest
from sender.scripted import ScriptedServer
from sender.talk import (
    ALAN,
    BODY,
    COMMANDS,
    COPY,
    FAREWELL,
    GO_AHEAD,
    GREETING,
    HELLO,
    HELLO_STEP_BY_STEP,
    SHORT,
    TIMEOUT,
    Copies,
    Witness,
    carry,
    submit,
    transport_to,
    yes,
)

from mailer.errors import RelayRefused, RelayUnavailable
from mailer.model.outcome import Deferred, Rejected, Sent, Uncertain
from mailer.sender.wire import Wire

ONE = f"{HELLO}\n{COMMANDS}\n{GO_AHEAD}\nC: [body]\nS: 250 kept\n"
both_forms = pytest.mark.parametrize(
    "hello", [HELLO + COMMANDS + GO_AHEAD, HELLO_STEP_BY_STEP + BODY.partition("C: [body]")[0]]
)


async def late_no() -> bool:
    await asyncio.sleep(0.1)
    return False


class Ledger:
    """A `ready` that takes as long as it is told, gives these answers, then yes; and counts."""

    def __init__(self, *answers: bool) -> None:
        self.calls = 0
        self.asked, self.open = asyncio.Event(), asyncio.Event()
        self._answers = list(answers)

    async def ready(self) -> bool:
        self.calls += 1
        self.asked.set()
        await self.open.wait()
        return self._answers.pop(0) if self._answers else True


@both_forms
def test_the_body_waits_for_ready(hello: str) -> None:
    """354 alone does not let it go; `ready` is asked while the commands are on their way."""
    said: list[str] = []

    async def ready() -> bool:
        said.append("asked")
        await asyncio.sleep(0.1)
        said.append("yes")
        return True

    [outcome], _ = submit(f"{hello}\n! quiet\nC: [body]\nS: 250 kept\n{FAREWELL}", ready=ready)
    assert isinstance(outcome, Sent)
    assert said == ["asked", "yes"]


def test_ready_does_not_wait_for_the_server() -> None:
    """The record of the attempt is made during the round trip, not after it."""

    async def scene() -> None:
        answer = f"{HELLO}\n{COMMANDS}\n! gate\n{GO_AHEAD}\nC: [body]\nS: 250 kept"
        async with ScriptedServer(answer + FAREWELL) as server:
            ledger = Ledger()
            copies = Copies(COPY, ready=ledger.ready)
            work = asyncio.create_task(carry(transport_to(server), copies))
            async with asyncio.timeout(TIMEOUT):
                await ledger.asked.wait()
            ledger.open.set()
            server.gate.set()
            await work
            assert isinstance(copies.outcomes[0], Sent)
            assert ledger.calls == 1

    asyncio.run(scene())


def test_the_next_envelope_leaves_with_the_body_before_it() -> None:
    """In one write, and the server may answer all of it at once (RFC 2920 §3.1)."""
    both = "S: 250 kept\nS: 250 fine\nS: 250 fine\nS: 354 go ahead"
    commands = COMMANDS.replace("ada@", "alan@")
    dialogue = f"{HELLO}{COMMANDS}{GO_AHEAD}C: [body]\n{commands}\n{both}\nC: [body]\nS: 250 kept"
    outcomes, server = submit(dialogue + FAREWELL, copies=(COPY, ALAN))
    assert [type(outcome) for outcome in outcomes] == [Sent, Sent]
    assert server.bodies == [COPY.body, ALAN.body]


def test_the_next_copy_is_asked_for_when_the_one_before_has_its_answer() -> None:
    """At most one copy of a connection is on record without an answer."""

    async def scene() -> None:
        first = f"{HELLO}{COMMANDS}{GO_AHEAD}C: [body]\n{COMMANDS}"
        answers = f"! gate\nS: 250 kept\n{GO_AHEAD}C: [body]\nS: 250 kept"
        async with ScriptedServer(first + answers + FAREWELL) as server:
            ledger = Ledger()
            ledger.open.set()
            copies = Copies(COPY, COPY, ready=ledger.ready)
            work = asyncio.create_task(carry(transport_to(server), copies))
            await server.at_gate.wait()
            assert (ledger.calls, copies.outcomes) == (1, [None, None])
            server.gate.set()
            await work
            assert ledger.calls == 2

    asyncio.run(scene())


def test_a_refusal_in_the_group_behind_a_body_is_the_next_copys_alone() -> None:
    """The body before it is kept, and no body is taken for anybody else."""
    refused = "S: 250 kept\nS: 250 fine\nS: 550 5.1.1 unknown\nS: 554 nobody"
    last = f"{COMMANDS}{GO_AHEAD}C: [body]\nS: 250 kept"
    dialogue = (
        f"{HELLO}{COMMANDS}{GO_AHEAD}C: [body]\n{COMMANDS.replace('ada@', 'alan@')}\n{refused}\n"
        f"C: RSET\nS: 250 as new\n{last}{FAREWELL}"
    )
    outcomes, server = submit(dialogue, copies=(COPY, ALAN, COPY))
    assert [type(outcome) for outcome in outcomes] == [Sent, Rejected, Sent]
    assert server.bodies == [COPY.body, COPY.body]


def test_copies_behind_a_refusal_wait_for_a_slow_reset() -> None:
    """Step by step: the next copy may be granted, and the one behind it offered, before RSET has
    its answer. Each goes in its turn and has its own outcome."""
    refused = "C: MAIL FROM:<*>\nS: 250 fine\nC: RCPT TO:<ada@*>\nS: 550 5.1.1 unknown"
    dialogue = (
        f"{HELLO_STEP_BY_STEP}{refused}\nC: RSET\n! pause\nS: 250 as new\n"
        f"{BODY.replace('RCPT TO:<*>', 'RCPT TO:<alan@*>')}{refused}\nC: RSET\nS: 250 as new\n"
    )
    outcomes, server = submit(dialogue + FAREWELL, copies=(COPY, ALAN, COPY))
    assert [type(outcome) for outcome in outcomes] == [Rejected, Sent, Rejected]
    assert server.bodies == [ALAN.body]


def test_a_body_is_refused_and_the_group_behind_it_stands() -> None:
    """The next copy's transaction is its own."""
    refused = "S: 552 5.3.4 too large\nS: 250 fine\nS: 250 fine\nS: 354 go ahead"
    dialogue = (
        f"{HELLO}{COMMANDS}{GO_AHEAD}C: [body]\n{COMMANDS}\n{refused}\nC: [body]\nS: 250 kept"
    )
    outcomes, _ = submit(dialogue + FAREWELL, copies=(COPY, COPY))
    assert [type(outcome) for outcome in outcomes] == [Rejected, Sent]


def test_the_end_of_the_connection_before_the_answer_to_a_body_costs_that_copy_alone() -> None:
    """It is uncertain; the one whose envelope was behind it was never asked for, and goes."""
    first = f"{HELLO}{COMMANDS}{GO_AHEAD}C: [body]\n{COMMANDS}\n! drop"
    outcomes, server = submit(first, ONE + FAREWELL, copies=(COPY, COPY))
    assert [type(outcome) for outcome in outcomes] == [Uncertain, Sent]
    assert server.connections == 2


@pytest.mark.parametrize("extra", ["S: 250 again", "! say 250-ag"])
def test_one_answer_too_many_behind_a_group_stops_the_next_body(extra: str) -> None:
    """Also where it comes in one packet with the answers that were asked for."""
    answers = f"S: 250 kept\nS: 250 fine\nS: 250 fine\nS: 354 go ahead\n{extra}\n! gone"
    outcomes, server = submit(
        f"{HELLO}{COMMANDS}{GO_AHEAD}C: [body]\n{COMMANDS}\n{answers}", copies=(COPY, COPY)
    )
    assert [type(outcome) for outcome in outcomes] == [Sent, Deferred]
    assert server.bodies == [COPY.body]
    assert server.leftover == b""


@both_forms
def test_a_no_from_ready_leaves_the_message_unfinished(hello: str) -> None:
    """The connection ends without a final dot, and the next copy gets a new one."""
    answers = [late_no, yes]

    async def ready() -> bool:
        return await answers.pop(0)()

    outcomes, server = submit(f"{hello}\n! gone", ONE + FAREWELL, copies=(COPY, COPY), ready=ready)
    assert outcomes[0] is None
    assert isinstance(outcomes[1], Sent)
    assert server.bodies == [COPY.body]
    assert server.leftover == b""


def test_a_no_from_ready_behind_a_body_leaves_that_message_unfinished() -> None:
    """354 was said to it; the server may do with that what it likes, and nothing is submitted."""
    ledger = Ledger(True, False)
    ledger.open.set()
    behind = COMMANDS.replace("ada@", "alan@")
    first = f"{HELLO}{COMMANDS}{GO_AHEAD}C: [body]\n{behind}S: 250 kept\n{GO_AHEAD}! gone"
    outcomes, server = submit(first, ONE + FAREWELL, copies=(COPY, ALAN, COPY), ready=ledger.ready)
    assert [type(outcome) for outcome in outcomes] == [Sent, type(None), Sent]
    assert server.bodies == [COPY.body, COPY.body]
    assert server.leftover == b""


def test_a_no_from_ready_beside_a_refusal_is_no_result() -> None:
    """Nothing is on record to be settled as rejected; the connection serves on."""
    refused = f"{HELLO}\n{COMMANDS}\nS: 250 a\nS: 550 5.1.1 unknown\nS: 554 nobody"
    [outcome], _ = submit(f"{refused}\nC: RSET\nS: 250 as new\n{FAREWELL}", ready=late_no)
    assert outcome is None


def test_ready_is_asked_also_for_a_copy_that_cannot_be_offered() -> None:
    """Every outcome settles an attempt that is on record, also one made without the server."""
    ledger = Ledger()
    ledger.open.set()
    dialogue = f"{GREETING}\nS: 250-relay.test\nS: 250 SIZE 5\n{FAREWELL}"
    [outcome], _ = submit(dialogue, ready=ledger.ready)
    assert isinstance(outcome, Rejected)
    assert ledger.calls == 1


@pytest.mark.parametrize("answers", [GO_AHEAD, ""])
def test_a_copy_cancelled_before_it_is_handed_over_is_not_submitted(answers: str) -> None:
    """The connection closes without a final dot, whether the commands have their answers or not."""

    async def scene() -> None:
        async with ScriptedServer(f"{HELLO}\n{COMMANDS}\n{answers}\n! gate\n! gone") as server:
            copies = Copies(COPY, ready=Ledger().ready)
            work = asyncio.create_task(carry(transport_to(server), copies))
            await server.at_gate.wait()
            server.gate.set()
            work.cancel()
            with pytest.raises(asyncio.CancelledError):
                await work
            assert asyncio.all_tasks() - server.talks - copies.asking == {asyncio.current_task()}
            for asked in copies.asking:
                asked.cancel()
        assert server.leftover == b""
        assert server.bodies == []

    asyncio.run(scene())


@pytest.mark.parametrize("end", ["S: 421 4.3.2 closing\n! gone", "S: 250 kept\n! drop"])
def test_a_courier_opens_a_new_connection_when_the_old_one_is_gone(end: str) -> None:
    """A 421, or a server that closes after a message, costs no other copy."""
    first = f"{HELLO}\n{COMMANDS}\n{GO_AHEAD}\nC: [body]\n{COMMANDS}{end}"
    outcomes, server = submit(first, ONE + FAREWELL, copies=(COPY, COPY))
    assert [type(outcome) for outcome in outcomes] == [Deferred if "421" in end else Sent, Sent]
    assert server.connections == 2


@pytest.mark.parametrize("end", ["S: 421 4.4.2 idle\n! gone", "! drop"])
def test_a_server_that_ends_while_it_waits_for_us_costs_no_copy(end: str) -> None:
    """It said 354 and our ledger took its time: the copy goes over a new connection."""

    async def scene() -> None:
        first = f"{HELLO}\n{COMMANDS}\n{GO_AHEAD}\n! gate\n{end}"
        async with ScriptedServer(first, ONE + FAREWELL) as server:
            ledger = Ledger()
            copies = Copies(COPY, ready=ledger.ready)
            work = asyncio.create_task(carry(transport_to(server), copies))
            await server.at_gate.wait()
            server.gate.set()
            await asyncio.sleep(0.2)
            ledger.open.set()
            await work
            assert ledger.calls == 1
            assert isinstance(copies.outcomes[0], Sent)

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("second", "error"),
    [
        ("S: 421 4.3.2 busy\n! gone", RelayUnavailable),
        ("S: 554 5.7.1 no more\n! gone", RelayRefused),
    ],
)
def test_a_courier_that_cannot_open_again_says_so(second: str, error: type[Exception]) -> None:
    """The copy behind the one that was lost was not asked for: it is still planned."""

    async def scene() -> None:
        first = f"{HELLO}{COMMANDS}{GO_AHEAD}C: [body]\n{COMMANDS}! drop"
        async with ScriptedServer(first, second) as server:
            ledger = Ledger()
            ledger.open.set()
            copies = Copies(COPY, COPY, ready=ledger.ready)
            with pytest.raises(error):
                await carry(transport_to(server), copies)
            assert ledger.calls == 1
            assert len(copies.left) == 1

    asyncio.run(scene())


@pytest.mark.parametrize("answer", ["! hang", "! drop", "S: what?\n! gone", "S: 500 no\n! gone"])
def test_closing_never_raises(answer: str) -> None:
    """However the server takes QUIT, the lane is closed; twice is fine."""

    async def scene() -> None:
        async with ScriptedServer(f"{HELLO}\nC: QUIT\n{answer}") as server:
            witness = Witness()
            lane = await transport_to(server, timeout=SHORT).open(witness)
            await lane.close()
            await lane.close()
            assert witness.told.empty()

    asyncio.run(scene())


def test_small_writes_leave_at_once() -> None:
    """TCP_NODELAY is on: a body does not wait for the acknowledgement of what went before."""

    async def scene() -> None:
        async with ScriptedServer("! gone") as server:
            transport, wire = await asyncio.get_running_loop().create_connection(
                Wire, "127.0.0.1", server.port
            )
            raw = transport.get_extra_info("socket")
            assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            assert wire.loopback
            assert not wire.encrypted
            wire.drop()

    asyncio.run(scene())


def test_a_transport_says_what_it_is() -> None:
    """Its name is the relay's, its lanes are the configured connections."""

    async def scene() -> None:
        async with ScriptedServer() as server:
            transport = transport_to(server)
            assert transport.name == f"smtp://127.0.0.1:{server.port}"
            assert transport.lanes == 1

    asyncio.run(scene())
