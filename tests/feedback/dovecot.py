"""Debian's Dovecot with a configuration of its own: it takes mail by LMTP and gives it by IMAP.

Everything of it is in one temporary folder; the system's instance is left alone.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from program import free_port

USER, PASSWORD = "bounces", "a-password"
_PATIENCE = 15.0
_PROGRAM = "/usr/sbin/dovecot"

_CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/run
instance_name = of-a-test
log_path = {folder}/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%n
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
auth_mechanisms = plain
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/mail/%n allow_all_users=yes
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """In `folder`, with its ports."""

    folder: Path
    lmtp: int
    imaps: int
    imap: int

    @property
    def certificate(self) -> Path:
        """The file to trust."""
        return self.folder / "certificate.pem"

    @property
    def unread(self) -> int:
        """How many messages have come in that nobody has looked at."""
        return self._in("new")

    @property
    def messages(self) -> int:
        return self._in("new") + self._in("cur")

    def empty(self) -> None:
        shutil.rmtree(self.folder / "mail" / USER, ignore_errors=True)

    def _in(self, part: str) -> int:
        folder = self.folder / "mail" / USER / part
        return len(list(folder.iterdir())) if folder.exists() else 0

    @property
    def url(self) -> str:
        return f"imaps://{USER}@localhost:{self.imaps}/INBOX"


@contextlib.contextmanager
def running_dovecot() -> Iterator[Dovecot]:
    """Gone after the block."""
    if not Path(_PROGRAM).exists() or os.geteuid() != 0:
        pytest.fail("Dovecot is missing, or nobody is root: run `make setup` as root")
    # Its processes run as another user: the folder must be open to them, unlike pytest's own.
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    folder.chmod(0o755)
    try:
        server = Dovecot(folder, free_port(), free_port(), free_port())
        _configure(folder, server)
        process = subprocess.Popen(
            [_PROGRAM, "-F", "-c", str(folder / "conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(server, folder)
            yield server
        finally:
            process.terminate()
            process.wait(_PATIENCE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _configure(folder: Path, server: Dovecot) -> None:
    (folder / "run").mkdir()
    (folder / "mail").mkdir()
    shutil.chown(folder / "mail", "mail", "mail")
    _certify(folder)
    ports = {"imap": server.imap, "imaps": server.imaps, "lmtp": server.lmtp}
    text = _CONFIGURATION.format(folder=folder, password=PASSWORD, **ports)
    (folder / "conf").write_text(text)


def _certify(folder: Path) -> None:
    """For localhost, by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "key.pem").write_bytes(private)


def _wait_for(server: Dovecot, folder: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.lmtp), 1):
            return
        time.sleep(0.05)
    log = folder / "log"
    pytest.fail(f"Dovecot did not start: {log.read_text() if log.exists() else 'no log'}")
