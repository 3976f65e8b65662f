"""`mailer item`, and an issue from the inbox."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import smallnet
from smallnet import Net

from mailer.premises import Premises

Command = Callable[..., Any]
SITE = "http://pictures.example"
ANSWERS: smallnet.Answers = {
    "/clip": (200, {"Content-Type": "text/html"}, b"<title>CLIP</title>"),
    "/feed": (
        200,
        {},
        b'<rss version="2.0"><channel><title>F</title><item><title>New</title>'
        b"<link>http://pictures.example/new</link></item></channel></rss>",
    ),
}


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch) -> Iterator[Net]:
    with smallnet.serving(ANSWERS) as net:
        monkeypatch.setattr(Premises, "fetcher", property(lambda _: net.fetcher))
        yield net


def test_the_way_of_an_item(mailer: Command, news: Path, net: Net) -> None:
    """Added, listed, laid out; each step says what comes next."""
    added = mailer("item", "add", f"{SITE}/clip", "--note", "It sees.", "--section", "Models")
    assert (added.status, added.out) == (0, f"{news}/inbox/clip.md\n")
    program = f"mailer -C {news}"
    lay_out = f"{program} issue new NAME --from-inbox"
    assert added.err == f"next: `{program} item list`, or `{lay_out}`\n"
    again = mailer("item", "add", f"{SITE}/clip/")
    assert (again.status, again.err.splitlines()[0]) == (0, f"{SITE}/clip is in the inbox already")
    listed = mailer("item", "list")
    assert listed.out.splitlines()[1].split("\t")[2:] == ["Models", "CLIP", "project", "waits"]
    made = mailer("issue", "new", "2021-02", "--from-inbox")
    assert (made.status, made.out) == (0, f"{news}/issues/2021-02.md\n")
    assert made.err.startswith("1 item laid out\n")
    text = (news / "issues" / "2021-02.md").read_text(encoding="utf-8")
    item = f"## Models\n\n### CLIP\nAvailability: [project page]({SITE}/clip)\n\nIt sees.\n\n---\n"
    assert item in text
    (entry,) = json.loads(mailer("item", "list", "--json").out)
    assert (entry["name"], entry["issue"], entry["note"]) == ("clip", "2021-02", "It sees.")


def test_what_ran_is_told_when_it_is_added(mailer: Command, news: Path, net: Net) -> None:
    """On stderr: the item is kept all the same."""
    mailer("issue", "check", "issues/2021-01.md")
    answer = mailer("item", "add", "example.org/a", "--title", "A", "--json")
    assert "https://example.org/a ran in January 2021, item 'An item'" in answer.err
    (entry,) = json.loads(answer.out)
    assert (entry["new"], entry["url"]) == (True, "https://example.org/a")


def test_a_page_that_cannot_be_read_is_one_line(mailer: Command, news: Path, net: Net) -> None:
    """And nothing is kept."""
    answer = mailer("item", "add", "http://127.0.0.1:8000/admin")
    assert answer.status == 1
    assert answer.err == (
        "mailer: http://127.0.0.1:8000/admin names port 8000, and none but 80 and 443 are asked: "
        "mend the address, or give a --title to keep it unread\n"
    )
    assert not (news / "inbox").exists()


def test_proposals_are_listed_apart(mailer: Command, news: Path, net: Net) -> None:
    """Proposed, taken by adding their link, or dropped."""
    assert mailer("item", "propose").status == 2
    toml = news / "mailer.toml"
    toml.write_text(toml.read_text("utf-8") + f'\n[inbox]\nfeeds = ["{SITE}/feed"]\n', "utf-8")
    answer = mailer("item", "propose", "--json")
    assert answer.status == 0
    assert [entry["url"] for entry in json.loads(answer.out)] == [f"{SITE}/new"]
    assert mailer("item", "propose").out == "0 proposals, new\n"
    listed = mailer("item", "list", "--proposed")
    assert listed.out.splitlines()[1].startswith("new\t")
    assert listed.err == f"next: `mailer -C {news} item add URL` takes one\n"
    assert mailer("item", "drop", "new").out == "1 item dropped\n"
    assert json.loads(mailer("item", "list", "--proposed", "--json").out) == []
    assert mailer("item", "drop", "new").status == 2


def test_files_and_feeds_that_cannot_be_read_are_told_at_the_end(
    mailer: Command, news: Path, net: Net
) -> None:
    """With exit status 1."""
    (news / "inbox").mkdir()
    (news / "inbox" / "x.md").write_text("no item", encoding="utf-8")
    answer = mailer("item", "list")
    assert answer.status == 1
    assert "x.md: has no front matter" in answer.err
    toml = news / "mailer.toml"
    toml.write_text(toml.read_text("utf-8") + f'\n[inbox]\nfeeds = ["{SITE}/none"]\n', "utf-8")
    answer = mailer("item", "propose")
    assert (answer.status, answer.out) == (1, "0 proposals, new\n")
    assert "the feed proposes nothing today" in answer.err
