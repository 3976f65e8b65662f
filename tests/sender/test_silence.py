"""What counts as silence, on a clock of the test's own."""

from __future__ import annotations

from mailer.sender.silence import Silence


def test_it_lasts_from_the_first_copy_or_the_last_word() -> None:
    """Neither before something is waited for, nor behind the last one; a connection that ends
    without a word is none."""
    now = 0.0
    silence = Silence(lambda: now)
    now = 5.0
    assert silence.seconds == 0
    silence.sent_off()
    now = 6.0
    silence.sent_off()
    now = 8.0
    assert silence.seconds == 3
    silence.came_back(answered=False)
    assert silence.seconds == 3
    silence.sent_off()
    silence.came_back(answered=True)
    now = 9.0
    assert silence.seconds == 1
    silence.came_back(answered=True)
    now = 20.0
    assert silence.seconds == 0
