"""The rate at which copies go out is known soon, and forgotten soon."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.sender.throttle.pulse import Pulse, beat, rate


def after(per_second: float, seconds: float) -> tuple[Pulse, float]:
    pulse, now = Pulse(100.0, 100.0), 100.0
    for _ in range(int(per_second * seconds)):
        now += 1 / per_second
        pulse = beat(pulse, now)
    return pulse, now


@given(st.floats(2, 1000), st.floats(2, 20))
def test_an_even_pace_is_recognised(per_second: float, seconds: float) -> None:
    """From the first seconds on."""
    pulse, now = after(per_second, seconds)
    assert rate(pulse, now) == pytest.approx(per_second, rel=0.3)


def test_it_fades() -> None:
    """Ten seconds of silence."""
    pulse, now = after(100, 10)
    assert rate(pulse, now + 10) < 5
    assert rate(Pulse(0.0, 0.0), 0.0) == 0
