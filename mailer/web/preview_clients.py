"""How mail clients show a message: the same HTML as each kind of client would draw it. PURE.

A browser cannot be told per frame to prefer dark, to block pictures or to be Outlook, so the
document is changed instead, and nothing but what that client changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from lxml import etree  # type: ignore[import-untyped]  # it ships no types

from mailer.composer.html.document import parsed, written
from mailer.model.edition import carried_url
from mailer.web import preview_word

_NEVER, _ALWAYS = "(max-width:0px)", "(min-width:0px)"
_SCHEME_QUERY = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)")
_SCHEME = re.compile(r"(?<![\w-])color-scheme\s*:\s*light dark")
# Twice turned, a picture has its own colours again.
_INVERSION = (
    "html{filter:invert(1) hue-rotate(180deg);background:#fff}"
    "img{filter:invert(1) hue-rotate(180deg)}"
)
_NOTHING = "data:,"  # a picture that fails without asking anybody
_PREVIEW_TEXT = 400  # characters, more than any inbox shows
_FILLER = " \u034f"  # behind a preheader, and nothing to see


@dataclass(frozen=True, slots=True)
class Client:
    """A kind of client. `sizes` are the frames that its picture on the contact sheet has, in
    pixels of width and height."""

    name: str
    title: str
    note: str
    sizes: tuple[tuple[int, int], ...]
    draw: Callable[[str], str]


def shown(
    html: str, client: Client, pictures: Collection[str], page: str, shelf: str = "/pictures"
) -> str:
    """The document for a frame: its links open windows of their own, those into the issue, whose
    public address is `page`, stay inside, and what it shows of `pictures` comes from this
    server's `shelf`."""
    drawn = parsed(client.draw(html))
    here = {carried_url(name): name for name in pictures}
    for image in drawn.iter("img"):
        name = here.get(image.get("src", ""), image.get("src", "").rpartition("/")[2])
        if name in pictures:
            image.set("src", f"{shelf}/{name}")
    for link in drawn.iter("a"):
        address, _, anchor = link.get("href", "").partition("#")
        if anchor and address in ("", page):
            link.set("href", f"#{anchor}")
        else:
            link.set("target", "_blank")
            link.set("rel", "noopener noreferrer")
    return written(drawn)


def light(html: str) -> str:
    return _in_scheme(html, "light")


def dark(html: str) -> str:
    return _in_scheme(html, "dark")


def inverted(html: str) -> str:
    """Gmail's apps and others turn every colour over, whatever the theme says."""
    document = parsed(light(html))
    style = etree.SubElement(document.find("head"), "style")
    style.text = _INVERSION
    return written(document)


def without_pictures(html: str) -> str:
    """Each picture's room and its text stay."""
    document = parsed(light(html))
    for image in document.iter("img"):
        image.set("src", _NOTHING)
    return written(document)


def without_styles(html: str) -> str:
    """What a client leaves of a message that drops `<style>`, as Gmail does with some accounts."""
    document = parsed(light(html))
    for style in list(document.iter("style")):
        style.drop_tree()
    return written(document)


def word(html: str) -> str:
    """Outlook for Windows until 2029: Word draws the message."""
    document = parsed(preview_word.conditions_met(light(html)))
    preview_word.simplify(document)
    return written(document)


def preview_text(html: str) -> str:
    """What an inbox takes for the preview: the text from the top on, hidden or not."""
    body = parsed(html).find("body")
    for unseen in list(body.iter("style", "script")):
        unseen.drop_tree()
    return " ".join(body.text_content().split()).partition(_FILLER)[0][:_PREVIEW_TEXT]


_WIDE = ((720, 760),)
CLIENTS = {
    client.name: client
    for client in (
        Client("desktop", "Desktop", "1280 px wide, light", ((1280, 860),), light),
        Client("phone", "Phone", "375 px and 320 px wide", ((375, 680), (320, 680)), light),
        Client("dark", "Dark mode", "the theme's own dark colours", _WIDE, dark),
        Client(
            "inverted", "Forced inversion", "as Gmail's apps turn colours over", _WIDE, inverted
        ),
        Client(
            "blocked", "Pictures blocked", "until a reader allows them", _WIDE, without_pictures
        ),
        Client("bare", "No <style>", "what stays where a client drops it", _WIDE, without_styles),
        Client(
            "word", "Outlook for Windows", "much as Word draws it: an approximation", _WIDE, word
        ),
    )
}


def _in_scheme(html: str, scheme: str) -> str:
    """The document as a browser shows it that prefers this scheme."""
    document = parsed(html)
    for style in document.iter("style"):
        style.text = _SCHEME.sub(f"color-scheme:{scheme}", _asked(style.text or "", scheme))
    for meta in document.iter("meta"):
        if meta.get("name") in ("color-scheme", "supported-color-schemes"):
            meta.set("content", scheme)
    return written(document)


def _asked(css: str, scheme: str) -> str:
    """The sheet with the question for the reader's preference answered."""
    return _SCHEME_QUERY.sub(lambda found: _ALWAYS if found[1] == scheme else _NEVER, css)
