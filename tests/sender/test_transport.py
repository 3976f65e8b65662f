"""The contract of a transport, held by each of them: smtp, folder and memory."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sender.catcher import catching

from mailer.model.delivery import Envelope
from mailer.model.outcome import Sent, Skipped
from mailer.sender.folder import FolderTransport
from mailer.sender.memory import MemoryTransport
from mailer.sender.relay import Relay
from mailer.sender.smtp import SmtpTransport
from mailer.sender.transport import Transport


@dataclasses.dataclass(frozen=True)
class Rig:
    """A transport and what has arrived at its far end, as bodies."""

    transport: Transport
    arrived: Callable[[], list[bytes]]


@contextlib.asynccontextmanager
async def smtp_rig(_folder: Path) -> AsyncIterator[Rig]:
    async with catching() as catcher:
        relay = Relay("smtp", "127.0.0.1", catcher.port, "mailer.test", timeout=5)
        yield Rig(SmtpTransport(relay, connections=3), lambda: catcher.bodies)


@contextlib.asynccontextmanager
async def folder_rig(folder: Path) -> AsyncIterator[Rig]:
    yield Rig(
        FolderTransport(folder), lambda: [path.read_bytes() for path in sorted(folder.iterdir())]
    )


@contextlib.asynccontextmanager
async def memory_rig(_folder: Path) -> AsyncIterator[Rig]:
    transport = MemoryTransport()
    yield Rig(transport, lambda: [envelope.body for envelope in transport.envelopes])


RIGS = {"smtp": smtp_rig, "folder": folder_rig, "memory": memory_rig}


def copy(number: int, recipient: str = "ada@example.org") -> Envelope:
    header = f"Message-ID: <{number}@example.org>\r\nSubject: number {number}\r\n\r\n"
    return Envelope("news@example.org", recipient, header.encode() + b"A line.\r\n" * 500)


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


@pytest.mark.parametrize("make", RIGS.values(), ids=RIGS)
class TestContract:
    def test_a_copy_arrives_byte_for_byte(self, make: Any, tmp_path: Path) -> None:
        """`Sent` means that the far end has exactly the body, once."""

        async def scene() -> None:
            async with make(tmp_path) as rig:
                lane = await rig.transport.open()
                assert isinstance(await lane.submit(copy(1), yes), Sent)
                await lane.close()
                assert rig.arrived() == [copy(1).body]

        asyncio.run(scene())

    def test_ready_is_asked_once_and_before_the_body_leaves(
        self, make: Any, tmp_path: Path
    ) -> None:
        """At the time of the question nothing has arrived."""

        async def scene() -> None:
            async with make(tmp_path) as rig:
                arrived: list[int] = []

                async def ready() -> bool:
                    await asyncio.sleep(0.02)
                    arrived.append(len(rig.arrived()))
                    return True

                lane = await rig.transport.open()
                await lane.submit(copy(1), ready)
                await lane.close()
                assert arrived == [0]

        asyncio.run(scene())

    def test_a_no_from_ready_keeps_the_copy_here(self, make: Any, tmp_path: Path) -> None:
        """It is `Skipped`, nothing arrives, and the lane takes the next copy."""

        async def scene() -> None:
            async with make(tmp_path) as rig:
                lane = await rig.transport.open()
                assert isinstance(await lane.submit(copy(1), no), Skipped)
                assert isinstance(await lane.submit(copy(2), yes), Sent)
                await lane.close()
                assert rig.arrived() == [copy(2).body]

        asyncio.run(scene())

    def test_what_ready_raises_is_raised(self, make: Any, tmp_path: Path) -> None:
        """Nothing arrives, and the lane takes the next copy."""

        async def broken() -> bool:
            raise LookupError("no ledger")

        async def scene() -> None:
            async with make(tmp_path) as rig:
                lane = await rig.transport.open()
                with pytest.raises(LookupError, match="no ledger"):
                    await lane.submit(copy(1), broken)
                assert isinstance(await lane.submit(copy(2), yes), Sent)
                await lane.close()
                assert rig.arrived() == [copy(2).body]

        asyncio.run(scene())

    def test_a_copy_cancelled_before_ready_said_yes_stays_here(
        self, make: Any, tmp_path: Path
    ) -> None:
        """Nothing arrives, and the lane takes the next copy."""

        async def never() -> bool:
            await asyncio.sleep(60)
            return True

        async def scene() -> None:
            async with make(tmp_path) as rig:
                lane = await rig.transport.open()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(lane.submit(copy(1), never), 0.05)
                assert isinstance(await lane.submit(copy(2), yes), Sent)
                await lane.close()
                assert rig.arrived() == [copy(2).body]

        asyncio.run(scene())

    def test_all_lanes_work_at_a_time(self, make: Any, tmp_path: Path) -> None:
        """Each lane serves its own task; every copy arrives once."""

        async def scene() -> None:
            async with make(tmp_path) as rig:

                async def work(start: int) -> None:
                    lane = await rig.transport.open()
                    for number in range(start, start + 5):
                        assert isinstance(await lane.submit(copy(number), yes), Sent)
                    await lane.close()

                await asyncio.gather(*(work(10 * n) for n in range(rig.transport.lanes)))
                wanted = [10 * n + i for n in range(rig.transport.lanes) for i in range(5)]
                assert sorted(rig.arrived()) == sorted(copy(number).body for number in wanted)

        asyncio.run(scene())

    @pytest.mark.parametrize(
        "recipient", ["josé@example.org", '"a b"@example.org', "o'hara+x@example.org"]
    )
    def test_unusual_addresses_are_taken(self, make: Any, tmp_path: Path, recipient: str) -> None:
        """What RFC 5321 and RFC 6531 allow is no reason to fail."""

        async def scene() -> None:
            async with make(tmp_path) as rig:
                lane = await rig.transport.open()
                envelope = dataclasses.replace(copy(1, recipient), smtputf8=not recipient.isascii())
                assert isinstance(await lane.submit(envelope, yes), Sent)
                await lane.close()
                assert rig.arrived() == [envelope.body]

        asyncio.run(scene())

    def test_an_empty_sender_is_taken(self, make: Any, tmp_path: Path) -> None:
        """`<>` is the sender of mail that must not bounce (RFC 5321 §4.5.5)."""

        async def scene() -> None:
            async with make(tmp_path) as rig:
                lane = await rig.transport.open()
                envelope = dataclasses.replace(copy(1), sender="")
                assert isinstance(await lane.submit(envelope, yes), Sent)
                await lane.close()

        asyncio.run(scene())

    def test_a_lane_may_be_closed_twice(self, make: Any, tmp_path: Path) -> None:
        """Closing raises nothing."""

        async def scene() -> None:
            async with make(tmp_path) as rig:
                lane = await rig.transport.open()
                await lane.close()
                await lane.close()

        asyncio.run(scene())

    def test_it_has_a_name_and_lanes(self, make: Any, tmp_path: Path) -> None:
        """A person reads the name; at least one lane may be open."""

        async def scene() -> None:
            async with make(tmp_path) as rig:
                assert rig.transport.name
                assert rig.transport.lanes >= 1

        asyncio.run(scene())
