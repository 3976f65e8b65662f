"""How long an answer takes tells nothing of the address."""

from __future__ import annotations

import statistics
import time

import httpx
import pytest
from reception import Reception
from statements import asked

from mailer.web import server


def medians(front: Reception, times: int) -> tuple[float, float]:
    """In seconds, of as many requests each about known and unknown addresses, one after the
    other, over a real socket, with the clerk at work beside them."""
    known = [f"known{n}@example.org" for n in range(20)]
    for email in known:
        front.sign_up(email)
        front.post(front.mails(email)[0].link("c"), {})
    front.clock.turn(days=2)
    took: dict[bool, list[float]] = {True: [], False: []}
    with (
        server.listen("127.0.0.1", 0) as listener,
        server.running(front.application, listener) as url,
        httpx.Client(base_url=url) as client,
    ):
        for n in range(2 * times):
            is_known = n % 2 == 0
            email = known[n // 2 % len(known)] if is_known else f"unknown{n}@example.org"
            began = time.perf_counter()
            answer = client.post("/subscribe", data={"email": email})
            took[is_known].append(time.perf_counter() - began)
            assert answer.status_code == 200
    return statistics.median(took[True]), statistics.median(took[False])


@pytest.fixture
def busy(front: Reception) -> Reception:
    """Nobody is held back."""
    free = "1000000/second"
    return front.with_forms(per_ip=free, per_address=free, per_domain=free)


def work(front: Reception, email: str) -> list[str]:
    """What the database is asked before the answer goes out."""
    with asked(front.app.database.engine) as statements:
        assert front.post("/subscribe", {"email": email}).status_code == 200
    return statements


def test_the_same_work_goes_before_an_answer_about_a_known_and_an_unknown_address(
    front: Reception,
) -> None:
    """What differs is the clerk's; the soak looks at the clock."""
    front.confirmed("known@example.org")
    front.clock.turn(days=2)
    work(front, "first@example.org")
    front.site.clerk.work_off()
    assert work(front, "known@example.org") == work(front, "unknown@example.org")


@pytest.mark.soak
def test_the_medians_of_a_thousand_are_within_a_millisecond(busy: Reception) -> None:
    known, unknown = medians(busy, 1000)

    print(f"known {1000 * known:.2f} ms, unknown {1000 * unknown:.2f} ms")
    assert abs(known - unknown) < 0.001
