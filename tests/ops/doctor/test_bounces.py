"""Whether somebody reads what comes back."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from mailer.config.bounces import Bounces
from mailer.ops.doctor.bounces import judged
from mailer.ops.doctor.check import Verdict

ADDRESS = "bounces@example.org"
IMAP, LISTENER = "imaps://bounces@mail.example.org/INBOX", "lmtp://127.0.0.1:8024"


@pytest.mark.parametrize("settings", [{"imap": IMAP}, {"listen": LISTENER}])
def test_what_a_worker_reads_needs_a_worker(settings: dict[str, str]) -> None:
    bounces = Bounces(address=ADDRESS, **settings)  # type: ignore[arg-type]
    assert judged(bounces, at_work=True, ever=False).verdict is Verdict.OK
    alone = judged(bounces, at_work=False, ever=True)
    assert alone.verdict is Verdict.WARNING
    assert "start `mailer worker`" in alone.says
    assert ("bounce fetch" in alone.says) is ("imap" in settings)


def test_a_webhook_needs_none() -> None:
    bounces = Bounces(address=ADDRESS, postmark_password=SecretStr("p"))
    found = judged(bounces, at_work=False, ever=False)
    assert (found.verdict, "Postmark" in found.says) == (Verdict.OK, True)


def test_what_was_read_before_is_read_by_somebody() -> None:
    """A mail server that starts `mailer bounce process` is in no configuration of ours."""
    bounces = Bounces(address=ADDRESS)
    assert judged(bounces, at_work=True, ever=True).verdict is Verdict.OK
    assert judged(bounces, at_work=True, ever=False).verdict is Verdict.WARNING
