"""Programs for which it is another time."""

from __future__ import annotations

from pathlib import Path

import pytest

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"


def at(moment: str) -> dict[str, str]:
    """The environment of a program for which it is then: `+2h`, `-30d`."""
    return {**clock(), "FAKETIME": moment}


def clock() -> dict[str, str]:
    if not Path(FAKETIME).exists():
        pytest.fail("libfaketime is missing: run `make soak` as root")
    return {"LD_PRELOAD": FAKETIME, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
