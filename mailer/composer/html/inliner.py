"""CSS into elements, once per edition. The one module that knows premailer.

What stays in the head is in `<style data-premailer="ignore">`, kept to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import cssutils
from lxml import etree  # type: ignore[import-untyped]  # it ships no types
from premailer import Premailer

from mailer.composer.html import document, stylesheet
from mailer.errors import MailerError

cssutils.log.enabled = False  # it reports what mail needs and CSS does not know

_CLASS_SELECTOR = re.compile(r"\.([a-zA-Z][\w-]*)")


def inline(html: str) -> str:
    """The whole document with its `<style>` in `style` attributes; raises MailerError for a sheet
    that would be fetched, and for elements too deep in one another."""
    root = document.parsed(html)
    _require_local(root)
    Premailer(
        keep_style_tags=False,
        strip_important=False,
        remove_classes=False,
        disable_validation=True,
        allow_network=False,
        align_floating_images=False,
        disable_basic_attributes=["width", "height", "align", "valign"],
        method="html",
    ).transform(root, pretty_print=False)
    _tighten(root)
    return f"{document.written(root)}\n"


def _require_local(root: etree._Element) -> None:
    if root.xpath("//link[contains(concat(' ', @rel, ' '), ' stylesheet ')]"):
        raise MailerError(
            "the theme has a <link rel=stylesheet>: it would be fetched; use style.css or kept.css"
        )
    if any("@import" in (style.text or "") for style in root.iter("style")):
        raise MailerError("the theme's CSS has an @import: it would be fetched; copy its rules")


def _tighten(root: etree._Element) -> None:
    """Drop the kept rules that nothing is there for, the classes that none of them names, and the
    spaces between declarations."""
    present = {name for element in root.iter("*") for name in _names(element)}
    for style in root.iter("style"):
        style.text = stylesheet.needed(style.text or "", present)
    kept = {
        name for style in root.iter("style") for name in _CLASS_SELECTOR.findall(style.text or "")
    }
    for element in root.iter("*"):
        if (classes := element.get("class")) is not None:
            _set(element, "class", " ".join(n for n in classes.split() if n in kept))
        if (declarations := element.get("style")) is not None:
            _set(element, "style", declarations.replace("; ", ";"))


def _names(element: etree._Element) -> Iterator[str]:
    """What a selector may call it."""
    yield element.tag
    yield from (f".{name}" for name in element.get("class", "").split())


def _set(element: etree._Element, name: str, value: str) -> None:
    if value:
        element.set(name, value)
    else:
        del element.attrib[name]
