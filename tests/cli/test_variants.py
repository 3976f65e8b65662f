"""Blocks for one audience, from the file to the copies."""

from __future__ import annotations

import email
import json
from collections.abc import Callable
from contextlib import closing
from email.policy import default as modern
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from mailer.app import open_app
from mailer.ledger import archive
from mailer.ledger.schema import deliveries

Command = Callable[..., Any]
JANUARY = "issues/2021-01.md"
BLOCKS = """::: audience germans
Grüße an {{ first_name | default("alle") }} aus [Bonn](https://example.org/bonn).
:::

::: audience vips
Only for the few.
:::

"""


@pytest.fixture
def readers(mailer: Command, news: Path) -> Path:
    """ann of no country, bob of DE, cleo of DE and with the tag vip."""
    for name in ("bob", "cleo"):
        words = (f"{name}@example.org", "--confirmed", "a form", "--set", "country=DE")
        assert mailer("subscriber", "add", *words).status == 0
    mailer("subscriber", "edit", "cleo@example.org", "--tag", "vip")
    mailer("segment", "create", "germans", 'country = "DE"')
    mailer("segment", "create", "vips", 'tag = "vip"')
    file = news / JANUARY
    file.write_text(file.read_text("utf-8").replace("A paragraph.\n", BLOCKS + "A paragraph.\n"))
    return news


def copies(news: Path) -> dict[str, str]:
    """Each reader's copy, as a text client shows it and as HTML, in one string."""
    found = {}
    for path in (news / "copies").glob("*"):
        message = email.message_from_bytes(path.read_bytes(), policy=modern)
        parts = (message.get_body((subtype,)) for subtype in ("plain", "html"))
        texts = (str(part.get_content()) for part in parts if part is not None)
        found[path.name.partition("@")[0]] = "\n".join(texts)
    return found


def test_each_reader_gets_the_blocks_of_their_segments(mailer: Command, readers: Path) -> None:
    """In both parts; the public page has none, and what a segment says later changes nothing."""
    assert mailer("send", JANUARY, "--yes").status == 0
    sent = copies(readers)
    assert {name: text.count("Grüße an alle aus") for name, text in sent.items()} == {
        "ann": 0,
        "bob": 2,
        "cleo": 2,
    }
    assert {name: text.count("Only for the few") for name, text in sent.items()} == {
        "ann": 0,
        "bob": 0,
        "cleo": 2,
    }
    assert all(text.count("A paragraph.") == 2 for text in sent.values())
    with closing(open_app(readers).database) as database, database.read() as c:
        shown = archive.shown(c, "2021-01", "en")
        masks = c.execute(sa.select(deliveries.c.email, deliveries.c.variant)).all()
    assert shown is not None
    assert "Grüße" not in shown.page
    assert {email.partition("@")[0]: mask for email, mask in masks} == {
        "ann": 0,
        "bob": 1,
        "cleo": 3,
    }


def test_who_is_in_which_segment_is_settled_when_copies_are_planned(
    mailer: Command, readers: Path
) -> None:
    """A send that was stopped goes on with the same readers for each block."""
    (readers / "copies").write_text("", encoding="utf-8")  # a file where the folder should be
    assert mailer("send", JANUARY, "--yes").status != 0
    mailer("subscriber", "edit", "bob@example.org", "--set", "country=FR")
    mailer("segment", "create", "vips", "country is not set", "--replace")
    (readers / "copies").unlink()
    mailer("dispatch", "resume", "1")
    assert mailer("send", JANUARY, "--yes").status == 0
    sent = copies(readers)
    assert "Grüße" in sent["bob"]
    assert "Only for the few" not in sent["ann"]


def test_a_block_for_a_segment_that_there_is_not_stops_the_send(
    mailer: Command, readers: Path
) -> None:
    file = readers / JANUARY
    file.write_text(file.read_text("utf-8").replace("audience vips", "audience vip"))
    checked = mailer("issue", "check", JANUARY, "--json")
    rules = {each["rule"]: each["mend"] for each in json.loads(checked.out)}
    assert rules["audience-block"] == "write vips"
    assert mailer("send", JANUARY, "--yes").status == 1
    assert not (readers / "copies").exists()


def test_a_test_copy_has_every_block(mailer: Command, readers: Path) -> None:
    assert mailer("send", JANUARY, "--test", "eve@example.org").status == 0
    assert "Grüße" in copies(readers)["eve"]
    assert "Only for the few" in copies(readers)["eve"]


@pytest.mark.usefixtures("readers")
def test_a_correction_keeps_the_audiences(mailer: Command, readers: Path) -> None:
    """What a copy may carry was settled for those blocks and no others."""
    (readers / "copies").write_text("", encoding="utf-8")
    mailer("send", JANUARY, "--yes")
    (readers / "copies").unlink()
    file = readers / JANUARY
    whole = file.read_text("utf-8")
    file.write_text(whole.replace("::: audience vips", "::: audience germans"))
    refused = mailer("send", JANUARY, "--correct", "1", "--yes")
    assert refused.status == 2
    assert "dispatch 1 was planned with blocks for germans, vips" in refused.err
    file.write_text(whole.replace("Only for the few", "For very few"))
    assert mailer("send", JANUARY, "--correct", "1", "--yes").status == 0
    sent = copies(readers)
    assert "For very few" in sent["cleo"]
    assert "For very few" not in sent["bob"]
