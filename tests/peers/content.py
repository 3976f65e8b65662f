"""The reference digest as plain values, for templates in another language."""

from __future__ import annotations

from typing import Any

from mailer.composer.frame import Frame
from mailer.composer.html.views import summary
from mailer.composer.html.words import default_of
from mailer.model.content import (
    Block,
    Blocks,
    BulletList,
    CodeSpan,
    Figure,
    Hyperlink,
    Inline,
    Inlines,
    LineBreak,
    Paragraph,
    Picture,
    Quote,
    Styled,
    Text,
)
from mailer.model.issue import Issue, Item, Section
from mailer.model.slot import Slot, SlotKind

Node = str | dict[str, Any]


def content(issue: Issue, frame: Frame, strings: dict[str, str], values: dict[str, str]) -> Any:
    """What every version of the digest shows. An inline is a text or `{tag, href, children}`."""
    return {
        "lang": issue.lang,
        "title": issue.title,
        "preheader": issue.preheader,
        "publication": frame.publication,
        "tagline": frame.tagline,
        "summary": summary(issue, strings),
        "intro": _blocks(issue.intro, frame),
        "entries": [_entry(entry, frame) for entry in issue.entries],
        "signOff": _blocks(issue.sign_off, frame),
        "address": frame.address,
        "urls": {
            "unsubscribe": values["unsubscribe_url"],
            "preferences": values["preferences_url"],
            "web": frame.web_url(issue.id, issue.lang),
        },
        "strings": strings | {"why": _why(strings["why"], frame, values)},
    }


def _why(string: str, frame: Frame, values: dict[str, str]) -> str:
    named = string.replace("{publication}", frame.publication)
    return named.replace("{list}", values["list_title"])


def _entry(entry: Section | Item, frame: Frame) -> dict[str, Any]:
    if isinstance(entry, Item):
        return _item(entry, frame)
    return {
        "heading": entry.title,
        "anchor": entry.anchor,
        "lead": _blocks(entry.lead_in, frame),
        "items": [_item(item, frame) for item in entry.items],
    }


def _item(item: Item, frame: Frame) -> dict[str, Any]:
    return {
        "heading": item.title,
        "anchor": item.anchor,
        "links": [
            {"label": link.label, "url": link.url.text, "role": link.role} for link in item.links
        ],
        "body": _blocks(item.body, frame),
    }


def _blocks(blocks: Blocks, frame: Frame) -> list[dict[str, Any]]:
    return [_block(block, frame) for block in blocks]


def _block(block: Block, frame: Frame) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"kind": "paragraph", "inlines": _inlines(block.children)}
        case Figure():
            return {"kind": "picture"} | _picture(block.pictures[0][0], frame)
        case BulletList():
            lines = [_inlines(item[0].children) for item in block.items]  # type: ignore[union-attr]
            return {"kind": "list", "items": lines}
        case Quote():
            return {"kind": "quotation", "blocks": _blocks(block.children, frame)}
    raise TypeError(f"line {block.line}: the reference digest has no {type(block).__name__}")


def _picture(picture: Picture, frame: Frame) -> dict[str, Any]:
    """At half of its pixels, as every version shows it."""
    file = frame.pictures[picture.source]
    size = {"width": file.width // 2, "height": file.height // 2}
    return {"src": frame.url_of(file), "alt": picture.alt} | size


def _inlines(children: Inlines) -> list[Node]:
    return [_inline(child) for child in children]


def _inline(child: Inline) -> Node:
    match child:
        case Text(text=text):
            return text
        case LineBreak():
            return " "
        case CodeSpan(code=code):
            return {"tag": "code", "children": [code]}
        case Styled(style=style):
            return {"tag": style, "children": _inlines(child.children)}
        case Hyperlink():
            return {"tag": "a", "href": child.url.text, "children": _inlines(child.children)}
        case Slot():
            return default_of(child, SlotKind.TEXT)
    raise TypeError(f"the reference digest has no {type(child).__name__}")
