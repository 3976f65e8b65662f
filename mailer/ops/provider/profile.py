"""How a provider behaves towards one sender."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """Times are in seconds, shares between 0 and 1; what is None has no limit.

    `delay` is what each answer takes, `message` what the one to a whole message takes more.
    Shares are of the recipients, always the same ones: `greylisted` are refused until
    `greylisted_for` is over, `busy` are refused once, `unknown` for good.
    """

    delay: float = 0.02
    message: float = 0.0
    connections: int | None = None  # at a time; one more hears 421
    per_connection: int | None = None  # messages; then MAIL hears 421
    per_second: float | None = None  # messages; above it Amazon's "454 Throttling failure"
    greylisted: float = 0.0
    greylisted_for: float = 300.0
    busy: float = 0.0
    unknown: float = 0.0

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self))


def profile_from_json(document: str) -> Profile:
    return Profile(**json.loads(document))


# Answers as they take from a machine in the same part of the world, limits as an account of some
# standing has them. Others are written down in [rehearsal].
PROFILES: Mapping[str, Profile] = {
    "fast": Profile(delay=0.0),
    "postfix": Profile(delay=0.001, message=0.005, connections=50),
    "ses": Profile(delay=0.02, message=0.05, connections=50, per_second=14),
    "postmark": Profile(delay=0.03, message=0.05, connections=50),
    "mailgun": Profile(delay=0.03, message=0.05, connections=50, per_connection=500),
    "fastmail": Profile(delay=0.03, message=0.3, connections=10, per_second=2),
    "strict": Profile(
        delay=0.05,
        message=0.2,
        connections=5,
        per_connection=20,
        per_second=20,
        greylisted=0.1,
        busy=0.05,
        unknown=0.01,
    ),
}
