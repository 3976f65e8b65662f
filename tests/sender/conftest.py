"""What the tests of the wire share."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Certificate:
    """A certificate that vouches for itself, and its key, in one PEM file each."""

    path: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path, self.key)
        return context


def _make_certificate(folder: Path, name: str, alternatives: str) -> Certificate:
    if shutil.which("openssl") is None:
        pytest.fail("openssl is missing: run `make setup`")
    made = Certificate(folder / f"{name}.pem", folder / f"{name}.key")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 2"
    names = ["-subj", f"/CN={name}", "-addext", f"subjectAltName={alternatives}"]
    files = ["-keyout", str(made.key), "-out", str(made.path)]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    return made


@pytest.fixture(scope="session")
def loopback_certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """For 127.0.0.1 and localhost."""
    folder = tmp_path_factory.mktemp("certificate")
    return _make_certificate(folder, "loopback", "IP:127.0.0.1,DNS:localhost")


@pytest.fixture(scope="session")
def foreign_certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """For a host that none of our servers is."""
    folder = tmp_path_factory.mktemp("certificate")
    return _make_certificate(folder, "foreign", "DNS:elsewhere.example")


@pytest.fixture
def trusted(loopback_certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's TLS that this machine trusts for 127.0.0.1."""
    monkeypatch.setenv("SSL_CERT_FILE", str(loopback_certificate.path))
    return loopback_certificate.server_context()


@pytest.fixture
def foreign(foreign_certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's TLS that this machine trusts, for another host."""
    monkeypatch.setenv("SSL_CERT_FILE", str(foreign_certificate.path))
    return foreign_certificate.server_context()


@pytest.fixture
def untrusted(loopback_certificate: Certificate) -> ssl.SSLContext:
    """A server's TLS for 127.0.0.1 that nobody vouches for."""
    return loopback_certificate.server_context()
