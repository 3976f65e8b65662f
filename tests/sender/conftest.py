"""What the tests of the wire share."""

from __future__ import annotations

import ssl

import certificates
import pytest


@pytest.fixture(scope="session")
def loopback_certificate(tmp_path_factory: pytest.TempPathFactory) -> certificates.Certificate:
    """For 127.0.0.1 and localhost."""
    folder = tmp_path_factory.mktemp("certificate")
    return certificates.make(folder, "loopback", "IP:127.0.0.1,DNS:localhost")


@pytest.fixture(scope="session")
def foreign_certificate(tmp_path_factory: pytest.TempPathFactory) -> certificates.Certificate:
    """For a host that none of our servers is."""
    folder = tmp_path_factory.mktemp("certificate")
    return certificates.make(folder, "foreign", "DNS:elsewhere.example")


@pytest.fixture
def trusted(
    loopback_certificate: certificates.Certificate, monkeypatch: pytest.MonkeyPatch
) -> ssl.SSLContext:
    """A server's TLS that this machine trusts for 127.0.0.1."""
    monkeypatch.setenv("SSL_CERT_FILE", str(loopback_certificate.path))
    return loopback_certificate.server_context()


@pytest.fixture
def foreign(
    foreign_certificate: certificates.Certificate, monkeypatch: pytest.MonkeyPatch
) -> ssl.SSLContext:
    """A server's TLS that this machine trusts, for another host."""
    monkeypatch.setenv("SSL_CERT_FILE", str(foreign_certificate.path))
    return foreign_certificate.server_context()


@pytest.fixture
def untrusted(loopback_certificate: certificates.Certificate) -> ssl.SSLContext:
    """A server's TLS for 127.0.0.1 that nobody vouches for."""
    return loopback_certificate.server_context()
