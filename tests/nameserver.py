"""A name server on loopback with a few records of the test's own; nobody else is asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset

from mailer.ops.doctor.lookup import Lookup

Records = Mapping[tuple[str, str], Sequence[str]]
FAILS = "fails"  # as a record's value: the server says that it failed


@dataclass
class Zone:
    """What the server knows: (name, type) → values as in a zone file. It may change meanwhile."""

    port: int
    records: dict[tuple[str, str], Sequence[str]] = field(default_factory=dict)

    def text(self, name: str, *values: str) -> None:
        """TXT, in strings of at most 255 octets."""
        self.records[name, "TXT"] = [
            " ".join(f'"{value[i : i + 255]}"' for i in range(0, len(value), 255))
            for value in values
        ]

    @property
    def lookup(self) -> Lookup:
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = self.port
        return Lookup(resolver)

    def answer(self, question: bytes) -> bytes:
        asked = dns.message.from_wire(question)
        reply = dns.message.make_response(asked)
        [wanted] = asked.question
        name = wanted.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(wanted.rdtype)
        values = self.records.get((name, kind), ())
        if FAILS in values:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif values:
            reply.answer.append(dns.rrset.from_text(wanted.name, 60, "IN", kind, *values))
        elif not any(known == name for known, _ in self.records):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply.to_wire()


@contextmanager
def serving(
    records: Records | None = None, where: tuple[str, int] = ("127.0.0.1", 0)
) -> Iterator[Zone]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(where)
        zone = Zone(listener.getsockname()[1], dict(records or {}))
        thread = threading.Thread(target=_serve, args=(listener, zone))
        thread.start()
        try:
            yield zone
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", listener.getsockname())
            thread.join()


def _serve(listener: socket.socket, zone: Zone) -> None:
    while True:
        question, asker = listener.recvfrom(4096)
        if not question:
            return
        listener.sendto(zone.answer(question), asker)
