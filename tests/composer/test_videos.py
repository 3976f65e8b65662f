"""A link to a video that stands alone."""

from __future__ import annotations

import pytest
from checked import issue_of

from mailer.model.content import (
    Blocks,
    Figure,
    Hyperlink,
    Paragraph,
    Picture,
    Styled,
    Text,
    Url,
    Video,
    Width,
)

YOUTUBE = "https://youtu.be/dQw4w9WgXcQ"


def blocks_of(body: str) -> Blocks:
    """The intro of an issue whose body begins on line 4."""
    return issue_of(body).intro


@pytest.mark.parametrize(
    "address",
    [
        YOUTUBE,
        "https://www.youtube.com/watch?v=abc&t=3",
        "https://m.youtube.com/shorts/abc",
        "http://vimeo.com/123",
        "https://player.vimeo.com/video/123",
        "https://www.bilibili.com/video/BV1",
        "https://media.ccc.de/v/37c3-1",
        "https://tube.example.org/w/9c9de5e8-0a1e-484a-b099-e80766180a6d",
        "https://tube.example.org/videos/watch/9c9de5e8-0a1e-484a-b099-e80766180a6d?start=3s",
        "https://example.org/a/talk.MP4",
        "https://example.org/talk.webm#t=3",
    ],
)
def test_a_link_alone_to_a_video_is_one(address: str) -> None:
    (video,) = blocks_of(f"[A *talk*]({address})")
    title = (Text("A "), Styled("em", (Text("talk"),)))
    assert video == Video(Url((address,)), title, None, 4)


@pytest.mark.parametrize(
    "body",
    [
        f"See [a talk]({YOUTUBE})",
        f"[a]({YOUTUBE}) [b]({YOUTUBE})",
        "[a](https://www.youtube.com/@channel)",
        "[a](https://vimeo.com/channels)",
        "[a](https://en.example.org/w/index.php?title=A)",
        "[a](https://example.org/mp4)",
        "https://example.org/a and a film.mp4",
        "[a](ftp://example.org/a.mp4)",
        "youtu.be/abc",
    ],
)
def test_another_link_stays_a_link(body: str) -> None:
    """Among words or other links, and to what is no single video."""
    (block,) = blocks_of(body)
    assert isinstance(block, Paragraph)


def test_a_link_in_a_list_stays_a_link() -> None:
    """A list of talks is a list; so are links in quotations and tables."""
    for body in (f"- [a]({YOUTUBE})\n\n  [![b](b.png)]({YOUTUBE})", f"> [a]({YOUTUBE})"):
        assert "Video" not in repr(blocks_of(body))


def test_a_linked_picture_is_the_still_of_its_video() -> None:
    """Its caption is the title, else what it shows; without either, the address."""
    for written, title in (
        ('[![A cat](a.png "A title"){width=320}](URL)', "A title"),
        ("[![A cat](a.png){width=320}](URL)", "A cat"),
        ("[![](a.png){width=320}](URL)", "youtu.be/dQw4w9WgXcQ"),
    ):
        (video,) = blocks_of(written.replace("URL", YOUTUBE))
        assert isinstance(video, Video)
        assert video.title == (Text(title),)
        assert video.still
        assert video.still.is_still
        assert video.still.width == Width(320, "px")
    (figure,) = blocks_of("[![A cat](a.png)](https://example.org)")
    assert figure == Figure(((Picture("a.png", "A cat", "", 4), Url(("https://example.org",))),), 4)


def test_an_address_alone_is_a_video_too() -> None:
    """As it is, or in angle brackets; its title is the address."""
    for body in (YOUTUBE, f"<{YOUTUBE}>"):
        assert blocks_of(body) == (
            Video(Url((YOUTUBE,)), (Text("youtu.be/dQw4w9WgXcQ"),), None, 4),
        )


def test_a_video_may_stand_right_below_the_link_line() -> None:
    (item,) = issue_of(f"## A\nLinks: [paper](https://example.org)\n[A talk]({YOUTUBE})").items()
    assert item.body == (Video(Url((YOUTUBE,)), (Text("A talk"),), None, 6),)
    assert [link.label for link in item.links] == ["paper"]


def test_a_link_with_a_slot_is_a_video() -> None:
    (video,) = blocks_of("[A talk](https://youtu.be/abc?who={{ email }})")
    assert isinstance(video, Video)
    assert not isinstance(video, Hyperlink)
    assert video.url.text == "https://youtu.be/abc?who={{ email }}"
