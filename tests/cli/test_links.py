"""`mailer issue links`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import smallnet

from mailer.premises import Premises

Command = Callable[..., Any]


def test_links_of_all_issues_in_a_table_and_as_json(mailer: Command, news: Path) -> None:
    """With what items lack."""
    answer = mailer("issue", "links")
    assert answer.status == 0
    assert answer.out.splitlines() == [
        "1 issue, 1 item, 1 link, 1 lack source, 1 lack paper",
        "role\tlinks\tfollowed",
        "project\t1\t",
        "site\tlinks\tfollowed",
        "example.org\t1\t",
    ]
    assert mailer("issue", "links", "--lacking", "paper").out.splitlines() == [
        "where\tissue\titem",
        "issues/2021-01.md:8\t2021-01\tAn item",
    ]
    document = json.loads(mailer("issue", "links", "--json").out)
    assert document["roles"] == [{"role": "project", "links": 1, "followed": None}]
    assert document["lacking"] == [
        {
            "where": "issues/2021-01.md:8",
            "issue": "2021-01",
            "item": "An item",
            "lacks": ["source", "paper"],
        }
    ]


def test_a_dead_link_is_exit_status_1(
    mailer: Command, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And stands in the report, with its line."""
    path = news / "issues" / "2021-01.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("https://example.org/a", "http://pictures.example/a"), "utf-8")
    monkeypatch.setattr("mailer.desk.linkage._PAUSE", 0.0)
    with smallnet.serving({}) as net:
        monkeypatch.setattr(Premises, "fetcher", property(lambda _: net.fetcher))
        answer = mailer("issue", "links", "--dead", "--json")
        shown = mailer("issue", "links", "--dead")
    assert answer.status == shown.status == 1
    assert json.loads(answer.out)["dead"] == [
        {
            "url": "http://pictures.example/a",
            "status": 404,
            "where": "issues/2021-01.md:9",
            "item": "An item",
        }
    ]
    assert answer.err.splitlines()[:2] == ["asking 1 address", "1 address, 1 dead"]
    assert "issues/2021-01.md:9\tAn item\t404\thttp://pictures.example/a" in shown.out
