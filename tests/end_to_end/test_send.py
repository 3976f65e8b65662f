"""500 readers get October's issue, each their own copy, once."""

from __future__ import annotations

import email
import email.policy
import json
import re
from collections import Counter
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from program import Program

from mailer.ops.catcher import Catcher, Caught

OCTOBER = "issues/2020-10.md"
ISSUE_PAGE = "https://news.example.org/issues/2020-10"


class Outline(HTMLParser):
    """The headings and link targets of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[str] = []
        self.targets: set[str] = set()
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if re.fullmatch(r"h[1-6]", tag):
            self._inside = True
            self.headings.append("")
        target = dict(attrs).get("href") if tag == "a" else None
        if target and not target.startswith("#"):
            self.targets.add(target)

    def handle_endtag(self, tag: str) -> None:
        if re.fullmatch(r"h[1-6]", tag):
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.headings[-1] += data


def parsed(caught: Caught) -> EmailMessage:
    message = email.message_from_bytes(caught.content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def body(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    assert part is not None
    assert not part.defects
    return str(part.get_content())


def flat(text: str) -> str:
    return " ".join(text.split())


def recipients(catcher: Catcher) -> Counter[str]:
    return Counter(address for message in catcher.messages for address in message.recipients)


@pytest.mark.slow
def test_every_reader_gets_one_valid_personal_copy(program: Program, catcher: Catcher) -> None:
    """500 messages for 500 addresses; each with its own links, List-* fields as they must stand,
    lines under 998 octets, and a text part with every heading and link of the HTML."""
    readers = str(program.folder / "subscribers.csv")
    program.ok("subscriber", "import", readers, "--confirmed", "the example's form")
    status = json.loads(program.ok("send", OCTOBER, "--yes", "--json"))
    assert status["counts"]["sent"] == status["total"] == 500
    assert set(recipients(catcher).values()) == {1}
    assert len(recipients(catcher)) == 500
    links = set()
    for caught in catcher.messages:
        assert all(len(line) < 998 for line in caught.content.split(b"\r\n"))
        head = caught.content.partition(b"\r\n\r\n")[0]
        found = re.search(rb"\r\nList-Unsubscribe: <(https?://[^>\s]+)>\r\n", head)
        assert found
        links.add(found[1])
        assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in head
        assert b"\r\nList-Id: " in head
    assert len(links) == 500
    for caught in catcher.messages[:: len(catcher.messages) // 10]:
        message = parsed(caught)
        outline, text = Outline(body(message, "html")), body(message, "plain")
        assert len(outline.headings) >= 18
        assert [h for h in outline.headings if flat(h) not in flat(text)] == []
        # The text itself is there: a link to a place in it has the address of its page alone.
        pages = [target.partition(f"{ISSUE_PAGE}#")[0] or ISSUE_PAGE for target in outline.targets]
        assert [page for page in pages if page not in text] == []


@pytest.mark.slow
def test_test_copies_reach_only_whom_they_name(program: Program, catcher: Catcher) -> None:
    """ "[Test]" in the subject, a link that changes nothing, and nothing in the ledger."""
    program.ok("send", OCTOBER, "--test", "me@example.org", "you@example.org")
    assert recipients(catcher) == {"me@example.org": 1, "you@example.org": 1}
    assert str(parsed(catcher.messages[0])["Subject"]).startswith("[Test] ")
    assert program.json("dispatch", "list") == []
