"""Postfix's tools for measuring: `smtp-sink`, which takes every message, and `smtp-source`, which
sends as fast as C does."""

from __future__ import annotations

import os
import shutil
import smtplib
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from mailer.errors import MailerError

_TRIES, _PAUSE = 200, 0.05  # seconds, until the sink listens


def installed() -> bool:
    return None not in (_found("smtp-sink"), _found("smtp-source"))


@contextmanager
def sink() -> Iterator[int]:
    """Its port, while the block lasts. As root it wants to be somebody else."""
    port = _free_port()
    user = ("-u", "nobody") if os.geteuid() == 0 else ()
    words = (_tool("smtp-sink"), *user, f"127.0.0.1:{port}", "1000")
    process = subprocess.Popen(words)  # noqa: S603 - Postfix's
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=60)


def source(port: int, size: int, copies: int, connections: int) -> float:
    """Messages a second, of `size` octets, over as many connections that stay open."""
    options = ("-d", "-s", str(connections), "-l", str(size), "-m", str(copies))
    began = time.monotonic()
    subprocess.run((_tool("smtp-source"), *options, f"127.0.0.1:{port}"), check=True)  # noqa: S603 - Postfix's
    return copies / (time.monotonic() - began)


def _tool(name: str) -> str:
    found = _found(name)
    if found is None:
        raise MailerError(f"{name} is not installed: it comes with Postfix")
    return found


def _found(name: str) -> str | None:
    """System programs are not in everybody's path."""
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin")))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_for(port: int) -> None:
    client = smtplib.SMTP()
    for _ in range(_TRIES):
        try:
            client.connect("127.0.0.1", port)
        except OSError:
            time.sleep(_PAUSE)
        else:
            client.quit()
            return
    raise MailerError("smtp-sink does not listen")
