"""What stops a run from another thread counts every time that it is asked."""

from __future__ import annotations

from mailer.sender.run import Stop


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
