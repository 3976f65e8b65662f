"""Debian's Postfix with a configuration of its own, beside the system's instance.

What it accepts on its loopback port it passes on to `next_hop`, another port of this machine, by
its ordinary SMTP client: what arrives there is what Postfix made of our copy; mail to some domains
goes by LMTP to ports of their own. Configuration, queue, log and lock are in one temporary folder;
the system's instance is left alone.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

_PATIENCE = 15.0
_LONGEST_LIFE = "600"  # seconds after which it ends by itself, should nobody stop it

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file_prefixes = {folder}
maillog_file = {folder}/log
myhostname = relay.test
mydestination =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
relayhost = [127.0.0.1]:{next_hop}
{routes}
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_sender_restrictions = inline:{{ {{ banned@example.org = REJECT }} }}
smtpd_recipient_restrictions =
    check_recipient_access inline:{{ {{ nobody@example.org = 550 5.1.1 no such user }} }}
message_size_limit = 200000
smtputf8_enable = yes
"""

_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
smtp      unix  - - n - - smtp
lmtp      unix  - - n - - lmtp
error     unix  - - n - - error
retry     unix  - - n - - error
anvil     unix  - - n - 1 anvil
tlsmgr    unix  - - n 1000? 1 tlsmgr
postlog   unix-dgram n - n - 1 postlogd
"""


@contextlib.contextmanager
def running_postfix(next_hop: int, lmtp: Mapping[str, int] | None = None) -> Iterator[int]:
    """The port on which a Postfix of our own accepts mail; it is gone after the block. `lmtp` has
    the port for each domain whose mail does not go to `next_hop`."""
    _require_postfix()
    # Its daemons run as another user: the folder must be open to them, unlike pytest's own.
    folder = Path(tempfile.mkdtemp(prefix="postfix-"))
    folder.chmod(0o755)
    try:
        port = _free_port()
        _configure(folder, port, next_hop, lmtp or {})
        master = _start(folder)
        try:
            _wait_for(port, folder)
            yield port
        finally:
            master.terminate()
            master.wait(_PATIENCE)
    finally:
        _remove(folder)


def _require_postfix() -> None:
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"
    if shutil.which("postfix", path=path) is None:
        pytest.fail("Postfix is missing: run `make setup`")
    if os.geteuid() != 0:
        pytest.fail("Postfix can be started by root alone: run `make test` as root")


def _configure(folder: Path, port: int, next_hop: int, lmtp: Mapping[str, int]) -> None:
    (folder / "etc").mkdir()
    (folder / "data").mkdir()
    shutil.chown(folder / "data", "postfix")
    main = _MAIN.format(folder=folder, next_hop=next_hop, routes=_routes(lmtp))
    (folder / "etc/main.cf").write_text(main)
    (folder / "etc/master.cf").write_text(_MASTER.format(port=port))
    # It also makes the folders of the queue, with their owners.
    (folder / "queue").mkdir()
    command = ["/usr/sbin/postfix", "-c", str(folder / "etc"), "check"]
    subprocess.run(command, check=True, capture_output=True)


def _routes(lmtp: Mapping[str, int]) -> str:
    """The setting that sends some domains elsewhere; Postfix takes no empty table."""
    each = [f"{{ {domain} = lmtp:inet:127.0.0.1:{port} }}" for domain, port in lmtp.items()]
    return f"transport_maps = inline:{{ {', '.join(each)} }}" if each else ""


def _start(folder: Path) -> subprocess.Popen[bytes]:
    daemons = subprocess.run(
        ["/usr/sbin/postconf", "-c", str(folder / "etc"), "-h", "daemon_directory"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    command = [f"{daemons}/master", "-c", str(folder / "etc"), "-e", _LONGEST_LIFE]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _wait_for(port: int, folder: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as peer:
            if peer.recv(100).startswith(b"220"):
                return
        time.sleep(0.05)
    log = folder / "log"
    pytest.fail(f"Postfix did not start: {log.read_text() if log.exists() else 'no log'}")


def _remove(folder: Path) -> None:
    """The daemons outlive their master by a moment, in which they may still write."""
    end = time.monotonic() + _PATIENCE
    while folder.exists() and time.monotonic() < end:
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.02)


def _free_port() -> int:
    """Below the ports that the kernel hands out, so that nobody gets it in the meantime."""
    for port in range(20000 + os.getpid() % 5000, 30000):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")
