"""`mailer bench` measures a whole dispatch, and says with what it compares."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mailer.ops.bench import postfix

Command = Callable[..., Any]
SMALL = ("bench", "--readers", "60", "--connections", "3", "--runs", "1")


def test_without_postfix_the_sink_is_ours(mailer: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postfix, "installed", lambda: False)
    answer = mailer(*SMALL)
    assert answer.status == 0
    assert answer.out.startswith("60 copies of ")
    assert "smtp-source is not installed" in answer.out


@pytest.mark.postfix
def test_beside_postfix(mailer: Command) -> None:
    measured = json.loads(mailer(*SMALL, "--json").out)
    assert measured["copies"] == 60
    assert measured["per_second"] > 0
    assert measured["source_per_second"] > 0
    assert measured["rss"] > measured["size"] > 1000
