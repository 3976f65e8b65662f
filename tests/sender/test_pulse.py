"""The pace at which copies go out is known soon, and forgotten soon."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.sender.pulse import Pulse


def beaten(per_second: float, seconds: float) -> tuple[Pulse, float]:
    pulse, now = Pulse(100.0), 100.0
    for _ in range(int(per_second * seconds)):
        now += 1 / per_second
        pulse.beat(now)
    return pulse, now


@given(st.floats(5, 1000), st.floats(1, 20))
def test_an_even_pace_is_recognised(per_second: float, seconds: float) -> None:
    """From the first second on."""
    pulse, now = beaten(per_second, seconds)
    assert pulse.rate(now) == pytest.approx(per_second, rel=0.35)


def test_silence_slows_it() -> None:
    """Ten seconds without a copy."""
    pulse, now = beaten(100, 10)
    assert pulse.rate(now + 10) < 20
    assert Pulse(0.0).rate(0.0) == 0
