"""Where the links of an issue lead today, asked of one local server behind many names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import smallnet
from checked import issue_of
from smallnet import PUBLIC, SILENT, Net

from mailer.desk.links import LinkAsker
from mailer.model.finding import Finding

SITE = "http://pictures.example"
ANSWERS: smallnet.Answers = {
    "/": (200, {}, b"a page"),
    "/b": (200, {}, b"another"),
    "/moved": (301, {"Location": "/b"}, b""),
    "/moved-to-part": (301, {"Location": "/b#there"}, b""),
    "/for-now": (302, {"Location": "/b"}, b""),
    "/moved-and-gone": (301, {"Location": "/gone"}, b""),
    "/lost": (404, {}, b""),
    "/gone": (410, {}, b""),
    "/closed": (403, {}, b""),
    "/broken": (500, {}, b""),
    "/no-head": (200, {}, b""),
}


@pytest.fixture
def net() -> Iterator[Net]:
    with smallnet.serving(ANSWERS) as net:
        net.names |= {"inside.example": ["10.0.0.7"], "silent.example": [SILENT]}
        yield net


def asked(net: Net, body: str, seconds: float = 60.0) -> tuple[Finding, ...]:
    asker = LinkAsker(net.fetcher, lambda _done, _total: None, seconds)
    return asker(issue_of(body), "issue.md")


@pytest.mark.parametrize("path", ["/", "/b", "/for-now", "/no-head", "/b#part"])
def test_a_link_that_leads_to_a_page_is_fine(net: Net, path: str) -> None:
    """A redirect for now is nobody's business, nor is a server that knows no HEAD."""
    assert asked(net, f"## I\n[x]({SITE}{path})") == ()


@pytest.mark.parametrize(
    ("target", "rule", "message", "mend"),
    [
        (f"{SITE}/moved", "link-moved", "has moved for good", f"write {SITE}/b"),
        (f"{SITE}/moved#part", "link-moved", "has moved", f"write {SITE}/b#part"),
        (f"{SITE}/moved-to-part#x", "link-moved", "has moved", f"write {SITE}/b#there"),
        (f"{SITE}/moved-and-gone", "link-dead", "the server says 410", "mend the address"),
        (f"{SITE}/lost", "link-dead", "the server says 404", "mend the address"),
        (f"{SITE}/closed", "link-unanswered", "the server says 403", "open it in a browser"),
        (f"{SITE}/broken", "link-unanswered", "the server says 500", "open it in a browser"),
        ("http://silent.example/", "link-unanswered", "cannot be fetched", "open it"),
        ("http://inside.example/", "link-unanswered", "not on the open net", "outside your own"),
        ("https://pictures.example/", "link-unanswered", "cannot be fetched", "open it"),
        ("http://me@pictures.example/", "link-unanswered", "has a login", "open it"),
    ],
)
def test_each_trouble_has_its_rule(
    net: Net, target: str, rule: str, message: str, mend: str
) -> None:
    """Its line, the address, what the server says, and what to do."""
    (finding,) = asked(net, f"## I\n[x](<{target}>)")
    assert (finding.rule, finding.where.line) == (rule, 5)
    assert finding.message.startswith(target)
    assert message in finding.message
    assert mend in finding.mend


def test_each_address_is_asked_once_and_told_at_every_line(net: Net) -> None:
    """Mail, anchors, slots and pictures are not asked."""
    body = (
        f"## I\nLinks: [code]({SITE}/lost)\n\n[a]({SITE}/lost) [b](mailto:a@example.org) [c](#i) "
        f"[d]({SITE}/{{{{ x }}}}) ![e]({SITE}/e.png)\n\n<p><a href='{SITE}/lost'>f</a></p>"
    )
    assert [(f.rule, f.where.line) for f in asked(net, body)] == [
        ("link-dead", line) for line in (5, 7, 9)
    ]
    assert {path for path, _ in net.asked} == {"/lost"}


def test_no_host_is_asked_more_than_twice_at_a_time(net: Net) -> None:
    """While others are asked beside it; progress is told."""
    hosts = ["one.example", "two.example", "three.example"]
    net.names |= {host: [PUBLIC] for host in hosts}
    links = [f"[x](http://{host}/pause/{n})" for host in hosts for n in range(6)]
    told: list[tuple[int, int]] = []
    asker = LinkAsker(net.fetcher, lambda done, total: told.append((done, total)))
    assert asker(issue_of("## I\n" + "\n".join(links)), "issue.md") == ()
    assert set(net.busiest) == set(hosts)
    assert max(net.busiest.values()) <= 2
    assert told == [(done, 18) for done in range(19)]


def test_a_slow_server_ends_with_its_time_and_all_with_theirs(net: Net) -> None:
    """What was not asked by then is said so."""
    quick = replace(net.fetcher, seconds=0.3)
    body = "## I\n" + "\n".join(f"[x]({SITE}/slow?{n})" for n in range(20))
    found = LinkAsker(quick, lambda _done, _total: None)(
        issue_of("## I\n[x](" + SITE + "/slow)"), "i"
    )
    assert "cannot be fetched" in found[0].message
    found = LinkAsker(quick, lambda _done, _total: None, 0.2)(issue_of(body), "issue.md")
    assert len(found) == 20
    assert all(finding.rule == "link-unanswered" for finding in found)
    assert "was not asked within 0.2 seconds" in found[-1].message
