"""What is around the composition: names, a mail server of its readers, a proxy with TLS. All of it
is in the network of `scripts/with-docker --apart`, which leads nowhere."""

from __future__ import annotations

import email
import email.policy
import re
import socket
import ssl
import subprocess
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

import certificates
import httpx
import nameserver
from letterbox import Mail
from program import ROOT, running

from mailer.feedback.sources.door import BACKLOG, Door

NAMES, READERS_MX = "198.51.100.53", "198.51.100.25"  # RFC 5737
# Nothing is fetched but from the open net, and this is of it: AS112, a sink for lost questions
# (RFC 7535).
SITE = "192.31.196.80"
HOST = "news.example.org"
RECORDS: Mapping[tuple[str, str], Sequence[str]] = {
    (HOST, "A"): [SITE],
    ("example.org", "MX"): ["10 mail.example.org."],
    ("example.org", "TXT"): [f'"v=spf1 ip4:{SITE} ~all"'],
    ("_dmarc.example.org", "TXT"): ['"v=DMARC1; p=none"'],
    ("mail.example.org", "A"): [SITE],
    ("80.196.31.192.in-addr.arpa", "PTR"): [f"{HOST}."],
    ("readers.example", "MX"): ["10 mx.readers.example."],
    ("mx.readers.example", "A"): [READERS_MX],
}


class Mailbox:
    """Takes all mail for readers.example while its block runs, and keeps it."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    def __enter__(self) -> Self:
        listener = socket.create_server((READERS_MX, 25), backlog=BACKLOG)
        self._door = Door(self, listener)
        self._door.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.stop()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        subject = str(message["Subject"])
        self.mails += [Mail(to, subject, message) for to in envelope.rcpt_tos]
        return "250 2.0.0 Taken"

    def of(self, address: str) -> list[Mail]:
        return [mail for mail in list(self.mails) if mail.to == address]

    def copies(self, subject: str) -> Counter[str]:
        """How many of that subject each reader has."""
        return Counter(mail.to for mail in list(self.mails) if mail.subject == subject)


@dataclass(frozen=True)
class Site:
    """The readers' pages as readers reach them, by the proxy."""

    trusted: Path

    def ask(self, method: str, path: str, fields: Mapping[str, str] | None = None) -> str:
        """The page that answers; anything but success fails the test."""
        context = ssl.create_default_context(cafile=self.trusted)
        headers = {"Host": HOST, "Sec-Fetch-Site": "same-origin"}
        with httpx.Client(verify=context, headers=headers, timeout=60) as client:
            url, name = f"https://{SITE}{path}", {"sni_hostname": HOST}
            answer = client.request(method, url, data=fields, extensions=name)
        assert answer.is_success, answer
        return answer.text


@contextmanager
def around(folder: Path) -> Iterator[tuple[Mailbox, Site]]:
    """The certificate of the site is in `folder`, as news.pem."""
    for address in (NAMES, READERS_MX, SITE):
        command = ["ip", "address", "add", f"{address}/32", "dev", "lo"]
        subprocess.run(command, check=True)
    certificate = certificates.make(folder, "news", f"DNS:{HOST}")
    with (
        nameserver.serving(RECORDS, (NAMES, 53)),
        Mailbox() as mailbox,
        running(_nginx(folder, certificate)),
    ):
        yield mailbox, Site(certificate.path)


def _nginx(folder: Path, certificate: certificates.Certificate) -> subprocess.Popen[str]:
    """As docs/deploying.md has it."""
    text = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
    found = re.search(r"^    server \{\n.*?^    \}\n", text, re.MULTILINE | re.DOTALL)
    assert found
    server = textwrap.dedent(found[0])
    for path in (certificate.path, certificate.key):
        kind = "certificate" if path is certificate.path else "certificate_key"
        server = re.sub(rf"(ssl_{kind} +)[^;]+", rf"\g<1>{path}", server)
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\n"
        f"events {{}}\nhttp {{ access_log off;\n{server}}}\n",
        encoding="utf-8",
    )
    command = ["/usr/sbin/nginx", "-e", f"{folder}/nginx.log", "-c", str(file)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)
