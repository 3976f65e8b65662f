"""`send --rehearse` in words and as a document."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Command = Callable[..., Any]
JANUARY = "issues/2021-01.md"


def play(news: Path, relay: str = "smtp://192.0.2.1:25") -> None:
    """A relay on another machine, which is never asked."""
    file = news / "mailer.toml"
    text = file.read_text(encoding="utf-8")
    assert 'url = "folder:copies"' in text
    played = text.replace('url = "folder:copies"', f'url = "{relay}"')
    file.write_text(f'{played}\n[rehearsal]\nlike = "fast"\n', encoding="utf-8")


def test_what_a_send_would_take_is_told(mailer: Command, news: Path) -> None:
    """Pace, duration, load of processor, memory and relay; and nothing is sent."""
    play(news)
    answer = mailer("send", JANUARY, "--rehearse")
    assert answer.status == 0
    first, second, third, fourth = answer.out.splitlines()
    assert first.startswith("1 copy of 1 in ")
    assert first.endswith("a second: 1 sent")
    assert second.startswith("a real send like this takes about ")
    assert third.startswith("processor ")
    assert fourth.startswith("relay: 1 message of ")
    assert "nothing leaves this machine" in answer.err
    assert json.loads(mailer("dispatch", "list", "--json").out) == []


def test_as_a_document(mailer: Command, news: Path) -> None:
    """For a script."""
    play(news)
    found = json.loads(mailer("send", JANUARY, "--rehearse", "--json").out)
    assert (found["copies"], found["tried"], found["counts"]) == (1, 1, {"sent": 1})
    assert found["predicted_seconds"] == found["rehearsed_seconds"]
    assert found["relays"]["relay"]["messages"] == 1
    assert found["next_due"] is None


def test_it_is_not_for_a_folder(mailer: Command, news: Path) -> None:
    """There is no relay to play."""
    answer = mailer("send", JANUARY, "--rehearse")
    assert answer.status == 2
    assert "mailer: --rehearse: [smtp] url is a folder: there is no relay to play" in answer.err


def test_it_goes_with_nothing_that_sends(mailer: Command, news: Path) -> None:
    """One of them."""
    answer = mailer("send", JANUARY, "--rehearse", "--queue")
    assert answer.status == 2
    assert "--rehearse and --queue do not go together" in answer.err


def test_a_wrong_condition_is_named(mailer: Command, news: Path) -> None:
    """With its key."""
    play(news)
    file = news / "mailer.toml"
    file.write_text(file.read_text(encoding="utf-8") + "busy = 2\n", encoding="utf-8")
    answer = mailer("send", JANUARY, "--rehearse")
    assert answer.status == 2
    assert "rehearsal.busy: " in answer.err
