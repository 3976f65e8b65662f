"""What a farm stands on: PostgreSQL, room for a relay, and places for workers, each of which can
be cut off from one or the other.

Where network namespaces are possible each worker has its own, and what goes between it and a server
vanishes. Elsewhere all are on this machine, and proxies between them hold back what is to vanish.
"""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import namespaces
import sqlalchemy as sa
from postgresql import HASTY, Server, running_postgresql
from soak.cable import Cable
from soak.sink import HOST, Sink

_SOCKET = ".s.PGSQL.5432"


class Way(Protocol):
    """To a server."""

    def cut(self) -> None:
        """From now on nothing gets through, and nobody is told."""
        ...

    def mend(self) -> None: ...


@dataclass(frozen=True)
class Place:
    """Where a worker runs: what starts it `under` other conditions, what its environment says of
    the two servers, and its address, where it has one of its own."""

    database: Way
    relay: Way
    under: Sequence[str] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    address: str | None = None


class Ground(Protocol):
    @property
    def kind(self) -> str: ...

    @property
    def server(self) -> Server: ...

    def sink(self, delay: float) -> Sink: ...

    def place(self, stack: ExitStack, database: sa.URL, sink: Sink) -> Place:
        """For one more worker; it is gone with `stack`."""
        ...


@dataclass(frozen=True)
class Apart:
    """Each worker in a namespace, and both servers in another."""

    net: namespaces.Net
    server: Server
    kind: str = "network namespaces"

    def sink(self, delay: float) -> Sink:
        return Sink(delay=delay, listen=partial(self.net.servers.listen, namespaces.RELAY))

    def place(self, _stack: ExitStack, database: sa.URL, _sink: Sink) -> Place:
        host = self.net.host()
        url = database.set(host=namespaces.DATABASE, query={})
        variables = {"MAILER_DATABASE__URL": url.render_as_string(hide_password=False)}
        ways = (host.database, host.relay)
        return Place(*ways, host.namespace.under, variables, host.address)


@dataclass(frozen=True)
class Together:
    """All on this machine, and proxies between them."""

    server: Server
    kind: str = "proxies, since network namespaces need root and iproute2"

    def sink(self, delay: float) -> Sink:
        return Sink(delay=delay)

    def place(self, stack: ExitStack, database: sa.URL, sink: Sink) -> Place:
        plugs = stack.enter_context(tempfile.TemporaryDirectory(prefix="plugs-"))
        near = socket.socket(socket.AF_UNIX)
        near.bind(str(Path(plugs) / _SOCKET))
        far = partial(asyncio.open_unix_connection, str(self.server.folder / _SOCKET))
        entry = socket.create_server((HOST, 0))
        there = urlsplit(sink.url)
        relay = partial(asyncio.open_connection, there.hostname, there.port)
        url = database.update_query_dict({"host": plugs})
        variables = {
            "MAILER_DATABASE__URL": url.render_as_string(hide_password=False),
            "MAILER_SMTP__URL": f"smtp://{HOST}:{entry.getsockname()[1]}",
        }
        database_way = stack.enter_context(Cable(near, far, forgets=True))
        return Place(database_way, stack.enter_context(Cable(entry, relay)), variables=variables)


@contextmanager
def ground(settings: Sequence[str] = HASTY) -> Iterator[Ground]:
    """`settings` are PostgreSQL's."""
    with ExitStack() as stack:
        if not namespaces.possible():
            yield Together(stack.enter_context(running_postgresql(settings)))
            return
        net = stack.enter_context(namespaces.net())
        reached = (*settings, f"listen_addresses={namespaces.DATABASE}")
        yield Apart(net, stack.enter_context(running_postgresql(reached, under=net.servers.under)))
