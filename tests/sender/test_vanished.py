"""A relay whose host vanishes, with nothing closed."""

from __future__ import annotations

import asyncio
from functools import partial

import namespaces
import pytest
from sender.talk import COPY, Witness
from soak.sink import Sink

from mailer.model.outcome import Outcome, Uncertain
from mailer.sender.relay import Relay, relay_from_url
from mailer.sender.smtp import SmtpTransport

PATIENT = 60.0  # seconds that an answer to a message may take, from a relay that is there


@pytest.mark.slow
@pytest.mark.skipif(not namespaces.possible(), reason="network namespaces need root and iproute2")
def test_it_is_not_waited_for_as_one_that_takes_its_time() -> None:
    """TCP misses it after `timeout`, long before the patience with an answer ends."""

    async def scene(relay: Relay, host: namespaces.Host, sink: Sink) -> Outcome:
        witness = Witness()
        lane = await SmtpTransport(relay, connections=1).open(witness)
        lane.offer(COPY)
        lane.hand_over()
        while not sink.taken:
            await asyncio.sleep(0.01)
        host.relay.cut()
        told = await witness.told.get()
        assert isinstance(told, Uncertain)
        return told

    with (
        namespaces.net() as net,
        Sink(delay=PATIENT, listen=partial(net.servers.listen, namespaces.RELAY)) as sink,
    ):
        host = net.host()
        relay = relay_from_url(sink.url, hello="news.example.org", timeout=1.0, encrypt=False)
        told = host.namespace.within(lambda: asyncio.run(scene(relay, host, sink)))
    assert "connection was lost" in str(told.reply)
