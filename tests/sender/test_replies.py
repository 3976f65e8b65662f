"""The reply parser: any portions, bounded, and nothing but replies."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.model.outcome import Reply
from mailer.sender.replies import BadReply, RawReply, ReplyParser


def parse(*portions: bytes) -> list[RawReply]:
    parser = ReplyParser()
    return [raw for portion in portions for raw in parser.feed(portion)]


@pytest.mark.parametrize(
    ("octets", "reply"),
    [
        (b"250 ok\r\n", Reply(250, "", "ok")),
        (b"250 ok\n", Reply(250, "", "ok")),
        (b"250\r\n", Reply(250, "", "")),
        (b"250 \r\n", Reply(250, "", "")),
        (b"550 5.1.1 no such user\r\n", Reply(550, "5.1.1", "no such user")),
        (b"550 5.1.1\r\n", Reply(550, "5.1.1", "")),
        (b"550 5.7.515 Access denied\r\n", Reply(550, "5.7.515", "Access denied")),
        (b"550-5.1.1 no\r\n550 5.1.1 such user\r\n", Reply(550, "5.1.1", "no such user")),
        (b"550-no\r\n550-\r\n550 such user\r\n", Reply(550, "", "no such user")),
        (b"550 5.1.12345 text\r\n", Reply(550, "", "5.1.12345 text")),
        (b"550 4.2.2 of another class\r\n", Reply(550, "", "4.2.2 of another class")),
        ("250 café ".encode() + b"\xff\n", Reply(250, "", "café \N{REPLACEMENT CHARACTER}")),
        (b"250 a\x1b[31m\x00\rb\r\n", Reply(250, "", "a [31m  b")),
    ],
)
def test_a_reply_is_read(octets: bytes, reply: Reply) -> None:
    """Code, enhanced code and text; the text is one line that can steer no terminal."""
    [raw] = parse(octets)
    assert raw.reply() == reply


def test_several_replies_in_one_portion() -> None:
    """They come out in their order."""
    assert [raw.code for raw in parse(b"250 a\r\n250-b\r\n250 c\r\n354 d\r\n")] == [250, 250, 354]


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"hello\r\n", "not an SMTP reply: 'hello'"),
        (b"\r\n", "not an SMTP reply: ''"),
        (b"25 ok\r\n", "not an SMTP reply"),
        (b"2500 ok\r\n", "not an SMTP reply"),
        (b"150 ok\r\n", "not an SMTP reply"),
        (b"650 ok\r\n", "not an SMTP reply"),
        (b"250_ok\r\n", "not an SMTP reply"),
        ("\N{ARABIC-INDIC DIGIT TWO}50 ok\r\n".encode(), "not an SMTP reply"),
        (b"250-a\r\n251 b\r\n", "changes its code from 250 to 251"),
        (b"250 " + b"x" * 5000, "more than 4096 octets"),
        (b"250 " + b"x" * 5000 + b"\r\n", "not an SMTP reply"),
        (b"250-x\r\n" * 14000, "more than 65536 octets"),
    ],
)
def test_what_is_no_reply_is_refused(octets: bytes, why: str) -> None:
    """… with what came, cut short."""
    with pytest.raises(BadReply, match=why) as caught:
        parse(octets)
    assert len(str(caught.value)) < 200


def test_a_reply_before_garbage_still_counts() -> None:
    """The 250 for a message is not lost because of what follows it."""
    replies = ReplyParser().feed(b"250 kept\r\nrubbish\r\n")
    assert next(replies).code == 250
    with pytest.raises(BadReply):
        next(replies)


def test_a_long_text_is_cut() -> None:
    """What is kept of a reply is what a person would read of it."""
    [raw] = parse(b"250-" + b"x" * 400 + b"\r\n250 " + b"y" * 400 + b"\r\n")
    assert len(raw.reply().text) == 500


def test_midway_tells_an_unfinished_reply() -> None:
    """Also one whose lines so far are whole."""
    parser = ReplyParser()
    for portion, midway in [(b"25", True), (b"0-a\r\n", True), (b"250 b\r\n", False)]:
        list(parser.feed(portion))
        assert parser.midway is midway


@given(
    texts=st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=4), max_size=4),
    data=st.data(),
)
def test_portions_make_no_difference(texts: list[list[str]], data: st.DataObject) -> None:
    """However the network cuts the octets, the replies are the same."""
    octets = b""
    for text in texts:
        lines = [line.replace("\n", " ").encode() for line in text]
        octets += b"".join(b"250-%s\r\n" % line for line in lines[:-1])
        octets += b"250 %s\r\n" % lines[-1]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(octets)), max_size=6)))
    ends = [0, *cuts, len(octets)]
    portions = [octets[a:b] for a, b in itertools.pairwise(ends)]
    assert parse(*portions) == parse(octets)
    assert len(parse(octets)) == len(texts)


@given(st.binary(max_size=300))
def test_any_octets_are_replies_or_refused(octets: bytes) -> None:
    """Nothing that a server sends raises anything but BadReply."""
    try:
        replies = parse(octets)
    except BadReply:
        return
    assert all("\n" not in str(raw.reply()) for raw in replies)
