"""Hosts of a net of their own: Linux's network namespaces, which only root can make.

Between two of them packets can vanish, as where a cable is pulled or a router dies: nothing is
closed, and nobody is told. Nothing of it is seen from outside, and all is gone with this process.
"""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
DATABASE, RELAY = "10.77.0.2", "10.77.0.3"  # both of the host with the servers
_ROUTER = "10.77.0.1"
_FORWARD = "echo 1 > /proc/sys/net/ipv4/ip_forward"
_TRIAL = (
    f"ip link add name near type veth peer name far; ip rule add from {RELAY} blackhole; {_FORWARD}"
)
_libc = ctypes.CDLL(None, use_errno=True)


def possible() -> bool:
    """Whether this process may make them, and has Debian's iproute2."""
    trial = ["unshare", "--net", "sh", "-ec", _TRIAL]
    return not subprocess.run(trial, capture_output=True, check=False).returncode


class Namespace:
    """While its `with` block runs; held by a process that ends when nobody can write to it."""

    def __init__(self) -> None:
        command = ["unshare", "--net", "cat"]
        self._holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> Namespace:
        stdin, stdout = self._holder.stdin, self._holder.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(b"\n")
        stdin.flush()
        stdout.readline()  # it has moved by then
        return self

    def __exit__(self, *_: object) -> None:
        self._holder.communicate()

    @property
    def pid(self) -> str:
        """By which iproute2 knows it."""
        return str(self._holder.pid)

    @property
    def under(self) -> Sequence[str]:
        """What starts a program there."""
        return ("nsenter", f"--net={self._file}")

    @property
    def _file(self) -> str:
        return f"/proc/{self.pid}/ns/net"

    def run(self, *command: str, words: str = "") -> None:
        """To its end; `words` are its input."""
        subprocess.run([*self.under, *command], input=words, text=True, check=True)

    def within(self, work: Callable[[], T]) -> T:
        """What comes of `work`, done there by a thread of this process that does nothing else; the
        sockets that it makes are of there."""
        with ThreadPoolExecutor(1, initializer=self._move) as thread:
            return thread.submit(work).result()

    def _move(self) -> None:
        """The thread that calls it."""
        with Path(self._file).open("rb") as file:
            if _libc.setns(file.fileno(), 0):
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    def listen(self, address: str, port: int) -> socket.socket:
        return self.within(lambda: socket.create_server((address, port), backlog=512))


@dataclass(frozen=True)
class Way:
    """Between a host and an address of the servers."""

    router: Namespace
    ends: tuple[str, str]

    def cut(self) -> None:
        """What is sent from now on vanishes, both ways."""
        self._rule("add")

    def mend(self) -> None:
        self._rule("del")

    def _rule(self, verb: str) -> None:
        for here, there in (self.ends, self.ends[::-1]):
            self.router.run("ip", "rule", verb, "from", here, "to", there, "blackhole")


@dataclass(frozen=True)
class Host:
    """One that reaches the servers through the router."""

    namespace: Namespace
    address: str
    database: Way
    relay: Way


@dataclass
class Net:
    """A router, the host with the servers behind it, and others, which end with `stack`."""

    stack: ExitStack
    router: Namespace
    servers: Namespace
    hosts: list[Namespace] = field(default_factory=list)

    def host(self) -> Host:
        """One more."""
        host = self.stack.enter_context(Namespace())
        self.hosts.append(host)
        number = len(self.hosts)
        here, near = f"10.77.{number}.2", f"10.77.{number}.1"
        _connect(host, [here], self.router, near, f"host{number}")
        ways = (Way(self.router, (here, there)) for there in (DATABASE, RELAY))
        return Host(host, here, *ways)


@contextmanager
def net() -> Iterator[Net]:
    """With the servers' host, and no other yet."""
    with ExitStack() as stack:
        router, servers = (stack.enter_context(Namespace()) for _ in range(2))
        router.run("sh", "-c", _FORWARD)
        _connect(servers, [DATABASE, RELAY], router, _ROUTER, "servers")
        yield Net(stack, router, servers)


def _connect(
    host: Namespace, addresses: Sequence[str], router: Namespace, near: str, name: str
) -> None:
    """A cable from a host to the router, whose end of it has that name."""
    host.run(
        *("ip", "link", "add", "eth0", "type", "veth", "peer", "name", name),
        *("netns", router.pid),
    )
    near_end = (f"addr add {near}/24 dev {name}", f"link set {name} up")
    router.run("ip", "-batch", "-", words="\n".join(near_end))
    far_end = (
        *(f"addr add {address}/24 dev eth0" for address in addresses),
        *("link set lo up", "link set eth0 up", f"route add default via {near}"),
    )
    host.run("ip", "-batch", "-", words="\n".join(far_end))
