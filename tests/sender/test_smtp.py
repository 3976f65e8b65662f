"""A lane to a relay: when the body leaves, and what becomes of the connection."""

from __future__ import annotations

import asyncio
import socket

import pytest
from sender.scripted import ScriptedServer
from sender.talk import (
    BODY,
    COMMANDS,
    COPY,
    FAREWELL,
    GO_AHEAD,
    GREETING,
    HELLO,
    HELLO_STEP_BY_STEP,
    SHORT,
    no,
    submit,
    transport_to,
    yes,
)

from mailer.errors import RelayRefused, RelayUnavailable
from mailer.model.outcome import Deferred, Rejected, Sent, Skipped
from mailer.sender.wire import Wire

ONE = f"{HELLO}\n{COMMANDS}\n{GO_AHEAD}\nC: [body]\nS: 250 kept\n"
UNFINISHED = f"{HELLO}\n{COMMANDS}\n{GO_AHEAD}\n! gone"
both_forms = pytest.mark.parametrize(
    "hello", [HELLO + COMMANDS + GO_AHEAD, HELLO_STEP_BY_STEP + BODY.partition("C: [body]")[0]]
)


class Ledger:
    """A `ready` that takes as long as it is told, and counts."""

    def __init__(self, answer: bool | Exception = True) -> None:
        self.calls = 0
        self.open = asyncio.Event()
        self._answer = answer

    async def ready(self) -> bool:
        self.calls += 1
        await self.open.wait()
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


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
        answer = f"{HELLO}\n{COMMANDS}\n! pause\n! pause\n{GO_AHEAD}\nC: [body]\nS: 250 kept"
        async with ScriptedServer(answer + FAREWELL) as server:
            lane = await transport_to(server).open()
            ledger = Ledger()
            copy = asyncio.create_task(lane.submit(COPY, ledger.ready))
            await asyncio.sleep(0.02)
            assert ledger.calls == 1
            ledger.open.set()
            assert isinstance(await copy, Sent)
            assert ledger.calls == 1
            await lane.close()

    asyncio.run(scene())


@both_forms
def test_a_no_from_ready_leaves_the_message_unfinished(hello: str) -> None:
    """The connection ends without a final dot, and the next copy gets a new one."""

    async def scene() -> None:
        async with ScriptedServer(f"{hello}\n! gone", ONE + FAREWELL) as server:
            lane = await transport_to(server).open()
            assert isinstance(await lane.submit(COPY, no), Skipped)
            assert isinstance(await lane.submit(COPY, yes), Sent)
            await lane.close()
        assert server.bodies == [COPY.body]
        assert server.leftover == b""

    asyncio.run(scene())


def test_a_no_from_ready_beside_a_refusal_is_skipped() -> None:
    """Nothing is on record to be settled as rejected; the connection serves on."""
    refused = f"{HELLO}\n{COMMANDS}\nS: 250 a\nS: 550 5.1.1 unknown\nS: 554 nobody"
    [outcome], _ = submit(f"{refused}\nC: RSET\nS: 250 as new\n{FAREWELL}", ready=no)
    assert isinstance(outcome, Skipped)


def test_what_ready_raises_is_raised() -> None:
    """… and the message stays unfinished."""

    async def broken() -> bool:
        raise OSError("the disk is full")

    async def scene() -> None:
        async with ScriptedServer(UNFINISHED, ONE + FAREWELL) as server:
            lane = await transport_to(server).open()
            with pytest.raises(OSError, match="the disk is full"):
                await lane.submit(COPY, broken)
            assert isinstance(await lane.submit(COPY, yes), Sent)
            await lane.close()
        assert server.leftover == b""

    asyncio.run(scene())


def test_ready_is_asked_also_for_a_copy_that_cannot_be_offered() -> None:
    """Every outcome settles an attempt that is on record, also one made without the server."""
    asked: list[bool] = []

    async def ready() -> bool:
        asked.append(True)
        return True

    dialogue = f"{GREETING}\nS: 250-relay.test\nS: 250 SIZE 5\n{FAREWELL}"
    [outcome], _ = submit(dialogue, ready=ready)
    assert isinstance(outcome, Rejected)
    assert asked == [True]


def test_a_cancelled_copy_is_not_submitted() -> None:
    """The connection closes without a final dot, and `ready` is cancelled with its copy."""

    async def scene() -> None:
        async with ScriptedServer(UNFINISHED, ONE + FAREWELL) as server:
            lane = await transport_to(server).open()
            ledger = Ledger()
            copy = asyncio.create_task(lane.submit(COPY, ledger.ready))
            await asyncio.sleep(0.05)
            copy.cancel()
            with pytest.raises(asyncio.CancelledError):
                await copy
            assert asyncio.all_tasks() - server.talks == {asyncio.current_task()}
            assert isinstance(await lane.submit(COPY, yes), Sent)
            await lane.close()
        assert server.leftover == b""
        assert server.bodies == [COPY.body]

    asyncio.run(scene())


def test_a_copy_cancelled_while_the_server_thinks_is_not_submitted() -> None:
    """Also when the commands have no answer yet."""

    async def scene() -> None:
        async with ScriptedServer(f"{HELLO}\n{COMMANDS}\n! hang") as server:
            lane = await transport_to(server).open()
            copy = asyncio.create_task(lane.submit(COPY, yes))
            await asyncio.sleep(0.05)
            copy.cancel()
            with pytest.raises(asyncio.CancelledError):
                await copy
            await lane.close()
        assert server.leftover == b""

    asyncio.run(scene())


@pytest.mark.parametrize("end", ["S: 421 4.3.2 closing\n! gone", "S: 250 kept\n! drop"])
def test_a_lane_opens_a_new_connection_when_the_old_one_is_gone(end: str) -> None:
    """A 421, or a server that closes after a message, costs no copy."""

    async def scene() -> None:
        first = f"{HELLO}\n{COMMANDS}\n{GO_AHEAD}\nC: [body]\n{end}"
        async with ScriptedServer(first, ONE + FAREWELL) as server:
            lane = await transport_to(server).open()
            assert isinstance(await lane.submit(COPY, yes), Deferred if "421" in end else Sent)
            await asyncio.sleep(0.05)
            assert isinstance(await lane.submit(COPY, yes), Sent)
            await lane.close()

    asyncio.run(scene())


def test_a_server_that_says_goodbye_to_an_idle_lane_costs_no_copy() -> None:
    """A 421 that came between two copies is not taken for the answer to the next one."""

    async def scene() -> None:
        async with ScriptedServer(HELLO + "S: 421 4.4.2 idle\n! gone", ONE + FAREWELL) as server:
            lane = await transport_to(server).open()
            await asyncio.sleep(0.05)
            assert isinstance(await lane.submit(COPY, yes), Sent)
            await lane.close()

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("second", "error"),
    [
        ("S: 421 4.3.2 busy\n! gone", RelayUnavailable),
        ("S: 554 5.7.1 no more\n! gone", RelayRefused),
    ],
)
def test_a_lane_that_cannot_open_again_says_so(second: str, error: type[Exception]) -> None:
    """The copy was not offered and `ready` not asked: it is still planned."""

    async def scene() -> None:
        async with ScriptedServer(HELLO + "! drop", second) as server:
            lane = await transport_to(server).open()
            await asyncio.sleep(0.05)
            ledger = Ledger()
            with pytest.raises(error):
                await lane.submit(COPY, ledger.ready)
            assert ledger.calls == 0
            await lane.close()

    asyncio.run(scene())


@pytest.mark.parametrize("answer", ["! hang", "! drop", "S: what?\n! gone", "S: 500 no\n! gone"])
def test_closing_never_raises(answer: str) -> None:
    """However the server takes QUIT, the lane is closed; twice is fine."""

    async def scene() -> None:
        async with ScriptedServer(f"{HELLO}\nC: QUIT\n{answer}") as server:
            lane = await transport_to(server, timeout=SHORT).open()
            await lane.close()
            await lane.close()

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
