"""Debian's rspamd with a configuration of its own: it looks at signatures and at nothing else.

Its folder, port and name server are the test's; the system's instance is left alone.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

_PATIENCE = 20.0
_CONFIGURATION = """\
options {{
  pidfile = "{folder}/pid";
  tempdir = "{folder}";
  control_socket = "{folder}/control";
  hs_cache_dir = "{folder}";
  disable_hyperscan = true;
  url_tld = "{folder}/suffixes";
  filters = "dkim";
  dns {{ nameserver = ["127.0.0.1:{nameserver}"]; timeout = 2s; }}
}}
logging {{ type = "file"; filename = "{folder}/log"; }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 1; }}
dkim {{ check_local = true; check_authed = true; }}
"""


@dataclass(frozen=True)
class Rspamd:
    port: int

    def passes(self, message: bytes) -> list[str]:
        """The selectors whose signatures it believes."""
        return self._selectors(message, "R_DKIM_ALLOW")

    def refuses(self, message: bytes) -> list[str]:
        return self._selectors(message, "R_DKIM_REJECT")

    def _selectors(self, message: bytes, symbol: str) -> list[str]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/checkv2", message)
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310 - our own
            found: dict[str, Any] = json.load(answer)["symbols"].get(symbol, {})
        return sorted(option.partition("s=")[2] for option in found.get("options", []))


@contextlib.contextmanager
def running_rspamd(folder: Path, nameserver: int) -> Iterator[Rspamd]:
    """`nameserver` is a port of this machine."""
    if shutil.which("rspamd") is None:
        pytest.fail("rspamd is missing: run `make setup`")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    (folder / "suffixes").write_text("org\n", encoding="utf-8")
    text = _CONFIGURATION.format(folder=folder, port=port, nameserver=nameserver)
    (folder / "rspamd.conf").write_text(text, encoding="utf-8")
    command = ["rspamd", "--no-fork", "--insecure", "--config", str(folder / "rspamd.conf")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, folder / "log")
        yield Rspamd(port)
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def _wait_for(port: int, log: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    pytest.fail(f"rspamd did not start: {log.read_text() if log.exists() else 'no log'}")
