"""Certificates that vouch for themselves, for servers in tests."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, in one PEM file each."""

    path: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path, self.key)
        return context


def make(folder: Path, name: str, alternatives: str) -> Certificate:
    if shutil.which("openssl") is None:
        pytest.fail("openssl is missing: run `make setup`")
    made = Certificate(folder / f"{name}.pem", folder / f"{name}.key")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 2"
    names = ["-subj", f"/CN={name}", "-addext", f"subjectAltName={alternatives}"]
    files = ["-keyout", str(made.key), "-out", str(made.path)]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    return made
