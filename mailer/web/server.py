"""Serving an application over HTTP, on a socket that is bound before anything else begins."""

from __future__ import annotations

import io
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import uvicorn
from starlette.applications import Starlette

from mailer.app import TERMINAL, App
from mailer.desk import holdings, parcel
from mailer.desk.erasing import erase
from mailer.listening import bound
from mailer.web.application import create
from mailer.web.reporting import Reporting
from mailer.web.reviewing import Reviewing
from mailer.web.site import Site
from mailer.web.visiting import Visiting

_KEEP_ALIVE = 5  # seconds that an idle connection is kept
_GRACE = 5  # seconds that running requests get at the end


def application_of(site: Site, app: App) -> Starlette:
    """Every page that `mailer web` serves."""
    visiting = Visiting(site, partial(_packed, app), partial(erase, app))
    reporting = Reporting(app, lambda url: app.fetcher.get(url).content)
    return create(site, [*visiting.routes(), *Reviewing(site, app).routes(), *reporting.routes()])


def _packed(app: App, email: str) -> bytes:
    """All that is known of a person, as a file for them."""
    packed = io.BytesIO()
    parcel.pack(app, holdings.whole(app, email), packed)
    return packed.getvalue()


def _nothing() -> None:
    """Where no stream has to be ended."""


def run(
    application: Starlette,
    listener: socket.socket,
    greeting: str,
    ending: Callable[[], None] = _nothing,
    tell: Callable[[str], None] = TERMINAL,
) -> None:
    """Until SIGTERM or ctrl-C; requests that run then are answered first, and `ending` ends those
    that would never be. `tell` gets the `greeting`."""
    server = _server(application, ending)
    # Our own handlers stay when uvicorn restores them and raises the signal once more: a stop
    # that was asked for is no failure.
    before = {
        number: signal.signal(number, server.handle_exit)
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        tell(greeting)
        server.run(sockets=[listener])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def running(
    application: Starlette, listener: socket.socket, ending: Callable[[], None] = _nothing
) -> Iterator[str]:
    """Serve in a thread while the block runs; gives the URL. `ending` as for `run`."""
    server = _server(application, ending)
    thread = threading.Thread(target=server.run, args=([listener],), name="web")
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield address(listener)
    finally:
        server.should_exit = True
        thread.join()


def listen(host: str, port: int) -> socket.socket:
    """Bind; port 0 takes a free one. Raises MailerError where that cannot be."""
    return bound(host, port, "cannot listen there", "choose another --host or --port")


def address(listener: socket.socket) -> str:
    """The URL at which this machine reaches the listener."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """Says that it ends before it waits for the requests that run."""

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._ending = ending

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._ending()
        await super().shutdown(sockets)


def _server(application: Starlette, ending: Callable[[], None]) -> uvicorn.Server:
    """No access log: it would hold everybody's personal links."""
    return _Server(
        uvicorn.Config(
            application,
            http="httptools",
            ws="none",
            loop="asyncio",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=_GRACE,
        ),
        ending,
    )
