"""`mailer dkim`: keys are made beside those that are there, and sign once they are named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dkim
import pytest

from mailer.message.dkim import record

Command = Callable[..., Any]
JANUARY = "issues/2021-01.md"


def named(news: Path, *selectors: str) -> None:
    """Name them below [dkim] in mailer.toml."""
    with (news / "mailer.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[dkim]\nselectors = {json.dumps(selectors)}\n")


def test_from_a_new_key_to_a_signed_copy(mailer: Command, news: Path) -> None:
    """The record that it prints verifies the copies that it signs, once it is named."""
    made = json.loads(mailer("dkim", "new", "--selector", "s", "--json").out)
    assert [(key["selector"], key["algorithm"], key["signs"]) for key in made] == [
        ("s-rsa", "rsa", False),
        ("s-ed25519", "ed25519", False),
    ]
    named(news, "s-rsa", "s-ed25519")
    assert mailer("send", JANUARY, "--yes").status == 0
    [copy] = (news / "copies").glob("*.eml")
    records = {key["record"]["name"]: key["record"]["value"] for key in made}
    for number in range(2):
        assert dkim.DKIM(copy.read_bytes()).verify(
            number, dnsfunc=lambda name, timeout=0: records[name.decode().rstrip(".")].encode()
        )
    listed = json.loads(mailer("dkim", "list", "--json").out)
    assert [key["signs"] for key in listed] == [True, True]
    assert [key["record"] for key in listed] == [key["record"] for key in made]


def test_a_test_copy_is_signed_too(mailer: Command, news: Path) -> None:
    assert mailer("dkim", "new", "--selector", "s", "--algorithm", "ed25519").status == 0
    named(news, "s")
    assert mailer("send", JANUARY, "--test", "me@example.org").status == 0
    [copy] = (news / "copies").glob("*.eml")
    assert copy.read_bytes().startswith(b"DKIM-Signature: v=1; a=ed25519-sha256;")


def test_a_rotation_keeps_what_was_there(mailer: Command, news: Path) -> None:
    """The rest of secrets.toml stays to the letter, private; old keys are listed."""
    before = (news / "secrets.toml").read_text(encoding="utf-8")
    for selector in ("2020", "2021"):
        assert mailer("dkim", "new", "--selector", selector, "--algorithm", "rsa").status == 0
    secrets = news / "secrets.toml"
    assert secrets.read_text(encoding="utf-8").startswith(before)
    assert secrets.stat().st_mode & 0o777 == 0o600
    lines = mailer("dkim", "list").out.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["selector", "2020", "2021"]


def test_a_record_is_a_line_of_a_zone_file(mailer: Command, news: Path) -> None:
    """In strings of at most 255 characters, which together are the key's record."""
    line = mailer("dkim", "new", "--selector", "s", "--algorithm", "rsa").out.strip()
    name, _, text = line.partition(" IN TXT ")
    strings = text.strip('"').split('" "')
    assert name == "s._domainkey.example.org."
    assert len(strings) == 2
    assert all(len(string) <= 255 for string in strings)
    assert record.read("".join(strings)).kind == "rsa"


@pytest.mark.parametrize(
    ("selector", "message"),
    [("old", "there is a key of that name"), ("a.b", "a selector has"), ("é", "a selector has")],
)
def test_a_selector_that_cannot_be_is_refused(
    mailer: Command, news: Path, selector: str, message: str
) -> None:
    """One line, and no key is written."""
    words = ("dkim", "new", "--algorithm", "ed25519", "--selector")
    assert mailer(*words, "old").status == 0
    before = (news / "secrets.toml").read_bytes()
    answer = mailer(*words, selector)
    assert answer.status == 2
    assert message in answer.err
    assert len(answer.err.splitlines()) == 1
    assert (news / "secrets.toml").read_bytes() == before


def test_a_key_that_is_none_stops_a_send_before_it_begins(mailer: Command, news: Path) -> None:
    """What, where, how to mend; nothing is planned."""
    with (news / "secrets.toml").open("a", encoding="utf-8") as file:
        file.write('\n[dkim.keys.s]\npem = "-----BEGIN"\n')
    named(news, "s")
    answer = mailer("send", JANUARY, "--yes")
    assert answer.status == 2
    assert "dkim.keys.s.pem: is not a private key" in answer.err
    assert mailer("dispatch", "list", "--json").out.strip() == "[]"


def test_a_file_that_no_key_can_be_added_to_is_left_alone(mailer: Command, news: Path) -> None:
    """Keys written as one value rather than as tables of their own."""
    with (news / "secrets.toml").open("a", encoding="utf-8") as file:
        file.write('\n[dkim]\nkeys = { a = { pem = "x" } }\n')
    before = (news / "secrets.toml").read_bytes()
    answer = mailer("dkim", "new", "--selector", "s")
    assert answer.status == 2
    assert "no key can be added" in answer.err
    assert (news / "secrets.toml").read_bytes() == before
