"""What stands in a page and is not read there: removed, its words kept for the list of what was
left out."""

from __future__ import annotations

import re

from mailer.intake.reading.html.document import Element
from mailer.intake.reading.html.texts import texts

_MUTE = ("script", "style", "template", "noscript", "svg", "head", "link", "meta", "select")
_FURNITURE = ("nav", "form", "button", "dialog", "menu", "input", "textarea", "object")
_ROLE_NAMES = "navigation search banner contentinfo dialog alertdialog toolbar menu form"
_ROLES = frozenset(_ROLE_NAMES.split())
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE
)
_PERSONAL = re.compile(
    r"unsubscrib|abmeld|abbestell|отписат|list-manage\.com/(?:unsub|profile)", re.IGNORECASE
)
_NAMED = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|social|cookies?|consent|subscribe|subscription|signup|comments?|related"
    r"|recommend\w*|breadcrumbs?|pagination|pager|sidebar|newsletter-form|footer|foot|menu|navbar|toc"
    r"|post-meta|byline|tags|skip-link|sr-only|visually-hidden|paywall|speechify-ignore|author-bio|reactions?|preheader"
    r"|previewText|article-nav|read-next|site-header|masthead-nav)(?:$|[\s_-])",
    re.IGNORECASE,
)
_LONGEST = 1_500  # characters of what may go by its name alone


def without_hidden(root: Element) -> tuple[str, ...]:
    """The texts of what was removed, in the order of the page."""
    removed: list[str] = []
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element is root or element.tag == "body":
            continue
        if _is_gone(element, root):
            continue
        if element.tag in _MUTE:
            element.drop_tree()
        elif _is_hidden(element) or _is_furniture(element):
            removed += texts(element)
            element.drop_tree()
    return tuple(removed)


def _is_gone(element: Element, root: Element) -> bool:
    """Whether it stood in something that was removed."""
    top = element
    while top.getparent() is not None:
        top = top.getparent()
    return top is not root


def _is_hidden(element: Element) -> bool:
    style = element.get("style", "")
    return element.get("hidden") is not None or bool(_UNSEEN.search(style))


def _is_furniture(element: Element) -> bool:
    if element.tag in _FURNITURE or element.get("role", "") in _ROLES:
        return True
    if element.tag in ("header", "footer", "aside"):
        return element.find(".//h2") is None and not _holds_title(element)
    named = f"{element.get('class', '')} {element.get('id', '')}"
    is_small = len(element.text_content()) <= _LONGEST and not _holds_title(element)
    return (
        is_small
        and bool(_NAMED.search(named))
        and element.tag not in ("html", "body", "main", "article")
    )


def _holds_title(element: Element) -> bool:
    return element.tag in ("h1", "h2", "h3") or element.find(".//h1") is not None


def is_personal(address: str) -> bool:
    """Whether a link is for the one who got the mail."""
    return bool(_PERSONAL.search(address))
