"""How fast copies are made and signed on all cores, beside the bare signature of RSA."""

from __future__ import annotations

import dataclasses
import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from mailer.message.dkim.key import Key
from mailer.message.dkim.signer import Signer
from mailer.sender.copies import CopyMaker

RUNS = 5
COPIES = 2000
_BATCH = 50  # signed by one thread without a break
_INPUT = bytes(1000)  # about as much as is signed of a copy's fields
_CORES = len(os.sched_getaffinity(0))


def rates(maker: CopyMaker) -> tuple[float, float, float]:
    """A second: bare RSA-2048 signatures, copies signed by RSA, by RSA and Ed25519."""
    keys = (
        Key("rsa", rsa.generate_private_key(public_exponent=65537, key_size=2048)),
        Key("ed25519", ed25519.Ed25519PrivateKey.generate()),
    )
    works = (
        lambda _: keys[0].sign(_INPUT),
        partial(_copy, _signing(maker, keys[:1])),
        partial(_copy, _signing(maker, keys)),
    )
    runs = [[_rate(work) for work in works] for _ in range(RUNS)]  # interleaved
    raw, single, dual = (statistics.median(each) for each in zip(*runs, strict=True))
    return raw, single, dual


def _signing(maker: CopyMaker, keys: tuple[Key, ...]) -> CopyMaker:
    return dataclasses.replace(maker, signer=Signer("example.org", keys, maker.clock))


def _copy(maker: CopyMaker, number: int) -> object:
    return maker.make(number, f"reader{number}@example.org", bytes(16), {"first_name": "Ada"})


def _rate(work: Callable[[int], object]) -> float:
    batches = [range(start, start + _BATCH) for start in range(0, COPIES, _BATCH)]
    with ThreadPoolExecutor(_CORES) as pool:
        began = time.perf_counter()
        list(pool.map(partial(_each, work), batches))
        return COPIES / (time.perf_counter() - began)


def _each(work: Callable[[int], object], numbers: Sequence[int]) -> None:
    for number in numbers:
        work(number)
