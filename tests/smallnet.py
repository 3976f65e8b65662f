"""A small world for tests of fetching: names, addresses, and one real server behind them all."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from mailer.fetch import Fetcher, resolved

PUBLIC = "93.184.215.14"
SILENT = "93.184.215.99"  # nobody answers there
Answers = Mapping[str, tuple[int, Mapping[str, str], bytes]]


class Answering(BaseHTTPRequestHandler):
    """A server of pictures that also moves, loses, cuts and delays them."""

    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        if self.path.startswith("/slow"):
            self._drip()
        elif self.path.startswith("/endless"):
            self._flow()
        elif self.path.startswith("/pause"):
            with self.server.counting(self.headers["Host"]):
                time.sleep(0.05)  # not the answer: who has it may ask again before we go on
            self._answer(200, {}, b"")
        else:
            self._answer(*self._found())

    def do_HEAD(self) -> None:
        """As GET, but where the path says that the server does not know it, or drops it."""
        if self.path.endswith("-dropped"):
            self.close_connection = True
        elif self.path.startswith("/no-head"):
            self.server.asked.append((self.path, dict(self.headers)))
            self._answer(405, {}, b"")
        else:
            self.do_GET()

    def _found(self) -> tuple[int, Mapping[str, str], bytes]:
        try:  # not `get`: an answer may be made when it is asked for
            status, headers, content = self.server.answers[self.path]
        except KeyError:
            return 404, {}, b""
        mark = self.headers.get("If-None-Match")
        if mark is not None and mark == headers.get("ETag"):
            return 304, {"ETag": mark}, b""
        return status, headers, content

    def _answer(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(content))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def _drip(self) -> None:
        """An octet now and then, each in time, for ever."""
        try:
            while True:
                self.wfile.write(b"H")
                time.sleep(0.05)
        except OSError:
            return

    def _flow(self) -> None:
        """A page without an end and without a word of its length."""
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x" * 1000)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""


class Server(ThreadingHTTPServer):
    """Gives its answers by path, keeps what it was asked and how busy each host was at most."""

    def __init__(self, answers: Answers) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.answers = answers
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.busiest: Counter[str] = Counter()
        self._busy: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def counting(self, host: str) -> Iterator[None]:
        with self._lock:
            self._busy[host] += 1
            self.busiest[host] = max(self.busiest[host], self._busy[host])
        yield
        with self._lock:
            self._busy[host] -= 1


@dataclass
class Net:
    """Names and addresses of a small world, in which every address is the one local server.

    `asked` is what `serving` was asked, path and headers; `busiest` how often at a time, by host.
    """

    server: tuple[str, int]
    names: dict[str, Sequence[str]] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    busiest: Counter[str] = field(default_factory=Counter)
    connections: list[tuple[str, int]] = field(default_factory=list)

    def resolve(self, host: str, port: int) -> Sequence[str]:
        return self.names.get(host) or resolved(host, port)

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        self.connections.append((address, port))
        if address == SILENT:
            raise ConnectionRefusedError("nobody there")
        return socket.create_connection(self.server, seconds)

    @property
    def fetcher(self) -> Fetcher:
        return Fetcher("tests (+https://news.example.org)", 2000, 5.0, self.resolve, self.connect)


def certificate(folder: Path) -> Path:
    """Certificate and key of pictures.example in one file; it vouches for itself."""
    path, key = folder / "one.pem", folder / "one.key"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 2 "
        "-subj /CN=one -addext subjectAltName=DNS:pictures.example"
    )
    files = ["-keyout", str(key), "-out", str(path)]
    subprocess.run([*command.split(), *files], check=True, capture_output=True)
    path.write_bytes(key.read_bytes() + path.read_bytes())
    return path


def server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@contextmanager
def serving(answers: Answers, tls: ssl.SSLContext | None = None) -> Iterator[Net]:
    """A net whose one server, on loopback, gives these answers by path."""
    server = Server(answers)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    net = Net(server.server_address[:2], {"pictures.example": [PUBLIC]})  # type: ignore[arg-type]
    net.asked, net.busiest = server.asked, server.busiest
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield net
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
