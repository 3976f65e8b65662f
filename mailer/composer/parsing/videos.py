"""A paragraph that is nothing but a link to a video.

`[![what it shows](images/still.jpg)](https://youtu.be/…)`, `[What it shows](https://youtu.be/…)`,
or the address alone. Other links stay links: to a channel, in a list, among words.
"""

from __future__ import annotations

import re
from dataclasses import replace

from mailer.composer.parsing.markdown import address
from mailer.composer.report import Report
from mailer.composer.tree import plain
from mailer.model.content import (
    Block,
    Figure,
    Hyperlink,
    Inlines,
    Paragraph,
    Picture,
    Text,
    Url,
    Video,
)

_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_VIDEO = re.compile(
    r"""(?:www\.|m\.)?youtube\.com/(?:watch\?|shorts/|live/|embed/)
    | youtu\.be/[\w-]
    | (?:www\.|player\.)?vimeo\.com/(?:video/|channels/\w+/)?\d
    | (?:www\.)?(?:bilibili|dailymotion)\.com/video/
    | (?:www\.)?ted\.com/talks/ | (?:www\.)?twitch\.tv/videos/ | media\.ccc\.de/v/
    | [^/?#]+/(?:w/[A-Za-z0-9-]{22,36}|videos/watch/[\w-]+)(?:[?#]|\Z)  # PeerTube
    | [^?#\s]+\.(?:mp4|m4v|webm|mov|ogv)(?:[?#]|\Z)""",
    re.VERBOSE | re.IGNORECASE,
)


def read(block: Block | None, report: Report) -> Block | None:
    """The video where a block is nothing else, else the block as it is."""
    match block:
        case Figure(((picture, Url() as url),), line) if _is_video(url):
            still = replace(picture, is_still=True)
            return _video(url, (Text(picture.title or picture.alt),), still, line, report)
        case Paragraph((Hyperlink(url, label),), line) if _is_video(url):
            is_named = plain(label) != url.text
            return _video(url, label if is_named else (), None, line, report)
        case Paragraph((Text(text),), line) if " " not in text and _is_video(Url((text,))):
            return _video(Url((address(text),)), (), None, line, report)
    return block


def _video(url: Url, title: Inlines, still: Picture | None, line: int, report: Report) -> Video:
    if not plain(title):
        title = (Text(re.sub(_SCHEME, "", url.text)),)
        if not still:
            message = f"nothing says what the video {url.text} shows"
            report.add("video-title", line, message, f"write [What it shows]({url.text})")
    return Video(url, title, still, line)


def _is_video(url: Url) -> bool:
    scheme = _SCHEME.match(url.text)
    return bool(scheme and _VIDEO.match(url.text, scheme.end()))
