"""HTML as a tree and back, whole: what libxml2 would leave out or add is undone here."""

from __future__ import annotations

from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # it ships no types
from lxml import html as lxml_html

from mailer.errors import MailerError

_TOO_DEEP = etree.ErrorTypes.ERR_RESOURCE_LIMIT


def parsed(html: str) -> Any:
    """The root. By itself libxml2 ends a document at 256 levels, silently, and takes a `<wbr>` for
    open until its block ends. Raises MailerError beyond 2,048 levels, where it gives up."""
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
    closed = html.replace("<wbr>", "<wbr></wbr>").encode()
    root = lxml_html.document_fromstring(closed, parser=parser)
    if any(error.type == _TOO_DEEP for error in parser.error_log):
        raise MailerError(
            "HTML elements stand in one another more than 2,000 deep, and what follows them would "
            "be lost: close some, or leave them out"
        )
    return root


def written(root: Any) -> str:
    """The document that the tree stands for. HTML has no `</wbr>`, libxml2 writes it."""
    html: str = etree.tostring(
        root, method="html", encoding="unicode", doctype="<!DOCTYPE html>", with_tail=False
    )
    return html.replace("</wbr>", "")
