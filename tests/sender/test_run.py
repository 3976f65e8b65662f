"""What stops a run from another thread counts every time that it is asked; a run leaves Python's
collector of garbage as it was."""

from __future__ import annotations

import gc

from mailer.sender.run import Stop, rarely_collected


def test_what_was_asked_before_the_run_counts_at_its_begin() -> None:
    """A worker that is told to end while it still plans a dispatch."""
    stop, heard = Stop(), []
    stop.ask()
    with stop.heeded(lambda: heard.append("stop")):
        assert heard == ["stop"]
        stop.ask()
        assert heard == ["stop", "stop"]


def test_nobody_is_called_after_the_run() -> None:
    """Its event loop is gone by then; the next run hears of all of it."""
    stop, heard = Stop(), []
    with stop.heeded(lambda: heard.append("first")):
        pass
    stop.ask()
    assert heard == []
    with stop.heeded(lambda: heard.append("second")):
        assert heard == ["second"]


def test_what_others_froze_stays_frozen() -> None:
    """The program that runs many dispatches looks at its modules never again."""
    gc.unfreeze()
    try:
        with rarely_collected():
            assert gc.get_freeze_count()
        assert not gc.get_freeze_count()
        gc.freeze()
        before = gc.get_threshold()
        with rarely_collected():
            pass
        assert gc.get_freeze_count()
        assert gc.get_threshold() == before
    finally:
        gc.freeze()
