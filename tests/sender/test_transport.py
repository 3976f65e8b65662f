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
from sender.talk import Witness

from mailer.model.delivery import Envelope
from mailer.model.outcome import Outcome, Sent
from mailer.sender.folder import FolderTransport
from mailer.sender.memory import MemoryTransport
from mailer.sender.relay import Relay
from mailer.sender.smtp import SmtpTransport
from mailer.sender.transport import Lane, Loss, Transport


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


async def told(witness: Witness) -> Outcome | Loss:
    async with asyncio.timeout(5):
        return await witness.told.get()


async def passed(lane: Lane, witness: Witness, envelope: Envelope) -> Outcome | Loss:
    """Offer a copy, hand it over, and wait what becomes of it."""
    lane.offer(envelope)
    lane.hand_over()
    return await told(witness)


@pytest.mark.parametrize("make", RIGS.values(), ids=RIGS)
class TestContract:
    def test_a_copy_arrives_byte_for_byte(self, make: Any, tmp_path: Path) -> None:
        """`Sent` means that the far end has exactly the body, once."""

        async def scene() -> None:
            async with make(tmp_path) as rig:
                witness = Witness()
                lane = await rig.transport.open(witness)
                assert isinstance(await passed(lane, witness, copy(1)), Sent)
                await lane.close()
                assert rig.arrived() == [copy(1).body]

        asyncio.run(scene())

    def test_one_lane_takes_copy_after_copy(self, make: Any, tmp_path: Path) -> None:
        """All arrive, each once."""

        async def scene() -> None:
            async with make(tmp_path) as rig:
                witness = Witness()
                lane = await rig.transport.open(witness)
                for number in range(1, 6):
                    assert isinstance(await passed(lane, witness, copy(number)), Sent)
                    assert lane.good
                await lane.close()
                assert not lane.good
                assert sorted(rig.arrived()) == sorted(copy(n).body for n in range(1, 6))

        asyncio.run(scene())

    def test_the_next_copy_is_offered_behind_the_one_before(
        self, make: Any, tmp_path: Path
    ) -> None:
        """Each is offered before the one before it is handed over, and settled in its turn."""

        async def scene() -> None:
            async with make(tmp_path) as rig:
                witness = Witness()
                lane = await rig.transport.open(witness)
                lane.offer(copy(1))
                for number in range(2, 6):
                    lane.offer(copy(number))
                    lane.hand_over()
                    assert isinstance(await told(witness), Sent)
                    assert sorted(rig.arrived()) == sorted(copy(n).body for n in range(1, number))
                lane.hand_over()
                assert isinstance(await told(witness), Sent)
                await lane.close()
                assert sorted(rig.arrived()) == sorted(copy(n).body for n in range(1, 6))

        asyncio.run(scene())

    def test_nothing_leaves_before_it_is_handed_over(self, make: Any, tmp_path: Path) -> None:
        """However long that takes, and nothing is told."""

        async def scene() -> None:
            async with make(tmp_path) as rig:
                witness = Witness()
                lane = await rig.transport.open(witness)
                lane.offer(copy(1))
                await asyncio.sleep(0.05)
                assert rig.arrived() == []
                assert witness.told.empty()
                lane.hand_over()
                assert isinstance(await told(witness), Sent)
                await lane.close()

        asyncio.run(scene())

    def test_a_copy_that_is_withdrawn_stays_here(self, make: Any, tmp_path: Path) -> None:
        """Nothing of it arrives, and the next one goes, over a new lane where it must be."""

        async def scene() -> None:
            async with make(tmp_path) as rig:
                witness = Witness()
                lane = await rig.transport.open(witness)
                lane.offer(copy(1))
                await asyncio.sleep(0.02)
                lane.withdraw()
                await asyncio.sleep(0.02)
                assert witness.told.empty()
                if not lane.good:
                    lane = await rig.transport.open(witness)
                assert isinstance(await passed(lane, witness, copy(2)), Sent)
                await lane.close()
                assert rig.arrived() == [copy(2).body]

        asyncio.run(scene())

    def test_a_lane_that_is_dropped_tells_nothing(self, make: Any, tmp_path: Path) -> None:
        """Neither what becomes of the copy on offer, nor that the lane is gone."""

        async def scene() -> None:
            async with make(tmp_path) as rig:
                witness = Witness()
                lane = await rig.transport.open(witness)
                lane.offer(copy(1))
                lane.drop()
                assert not lane.good
                await asyncio.sleep(0.05)
                await lane.close()
                assert witness.told.empty()
                assert rig.arrived() == []

        asyncio.run(scene())

    def test_all_lanes_work_at_a_time(self, make: Any, tmp_path: Path) -> None:
        """Every copy arrives once."""

        async def scene() -> None:
            async with make(tmp_path) as rig:

                async def work(start: int) -> None:
                    witness = Witness()
                    lane = await rig.transport.open(witness)
                    for number in range(start, start + 5):
                        assert isinstance(await passed(lane, witness, copy(number)), Sent)
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
                witness = Witness()
                lane = await rig.transport.open(witness)
                envelope = dataclasses.replace(copy(1, recipient), smtputf8=not recipient.isascii())
                assert isinstance(await passed(lane, witness, envelope), Sent)
                await lane.close()
                assert rig.arrived() == [envelope.body]

        asyncio.run(scene())

    def test_an_empty_sender_is_taken(self, make: Any, tmp_path: Path) -> None:
        """`<>` is the sender of mail that must not bounce (RFC 5321 §4.5.5)."""

        async def scene() -> None:
            async with make(tmp_path) as rig:
                witness = Witness()
                lane = await rig.transport.open(witness)
                envelope = dataclasses.replace(copy(1), sender="")
                assert isinstance(await passed(lane, witness, envelope), Sent)
                await lane.close()

        asyncio.run(scene())

    def test_a_lane_may_be_closed_twice(self, make: Any, tmp_path: Path) -> None:
        """Closing raises nothing."""

        async def scene() -> None:
            async with make(tmp_path) as rig:
                lane = await rig.transport.open(Witness())
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
