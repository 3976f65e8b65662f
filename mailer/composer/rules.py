"""The rules of `issue check`: what each looks for, and whether it stops a send.

docs/checks.md says of each how to mend it; `mailer/desk/composing.py` finds those about the file,
`mailer/composer/parsing/` those about the format, `mailer/composer/checking/` all others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailer.model.finding import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """`sentence` says what is found; a rule that `is_asked` needs the network."""

    severity: Severity
    sentence: str
    is_asked: bool = False


def _error(sentence: str) -> Rule:
    return Rule(Severity.ERROR, sentence)


def _warning(sentence: str) -> Rule:
    return Rule(Severity.WARNING, sentence)


RULES: Mapping[str, Rule] = {
    # the file
    "file-size": _error("The file is far larger than an issue can be."),
    "file-encoding": _error("The file is not UTF-8."),
    # the front matter
    "front-matter-missing": _error("The file does not begin with front matter."),
    "front-matter-unclosed": _error("The front matter has no closing line."),
    "front-matter-yaml": _error("The front matter is no list of keys and values."),
    "front-matter-key": _error("A key is unknown or given twice."),
    "front-matter-value": _error("A value is not of the form that its key needs."),
    "front-matter-title": _error("The issue has no title."),
    "theme-unknown": _error("The issue names a theme that there is not."),
    "allow-invalid": _error("An opt-out names no rule that can be allowed, or gives no reason."),
    "allow-unused": _warning("An opt-out hides nothing."),
    # the outline
    "heading-level": _error("A heading has a level that an issue does not use."),
    "heading-order": _error("A level-3 heading comes before any level-2 heading."),
    "heading-below-item": _error("A level-3 heading stands below an item with a link line."),
    "heading-inside": _error("A list, quotation or footnote holds a heading of an item."),
    "heading-empty": _error("A heading has no text."),
    "heading-duplicate": _warning("Two sections or items have the same heading."),
    "heading-picture": _warning("A heading is nothing but a picture."),
    "heading-raw": _warning("A heading in raw HTML skips a level."),
    "heading-repeat": _warning("A heading is much like one of an earlier issue."),
    "item-empty": _warning("An item has nothing but its heading."),
    "no-items": _warning("The issue has no items."),
    # the text
    "forbidden-character": _error("A control or private-use character: clients clip or drop it."),
    "left-over": _error("TK or TODO is left in the text."),
    "name-spelling": _warning("A name of the publication is spelled in another way."),
    "style-glossary": _warning("Something is written otherwise than the house writes it."),
    "style-banned": _warning("A word is used that the house does not use."),
    "style-quotes": _warning("A quotation mark or apostrophe is not one of the language."),
    "style-dashes": _warning("A dash is not one of the language."),
    "nested-too-deep": _error("Lists or quotations stand too deep inside each other."),
    "footnote-undefined": _warning("A footnote is referred to that is not defined."),
    "footnote-duplicate": _warning("Two footnotes have the same name."),
    "footnote-unused": _warning("Nothing refers to a footnote."),
    "comment-text": _error("Text stands on the line of a comment and would not be Markdown."),
    "comment-unclosed": _error("A comment is not closed and would show."),
    "mathematics": _error("A formula has no form in running text."),
    "code-language": _warning("Nothing is known of the language of a piece of code."),
    "callout-unknown": _warning("A callout is of a kind that there is not."),
    "html-dropped": _warning("An element or attribute of raw HTML is left out."),
    "block-unknown": _error("A line of ::: begins a block that there is not."),
    "block-place": _error("A line of ::: stands where it begins or ends nothing."),
    "audience-block": _error("A block is meant for a segment that there is not."),
    "audience-many": _error("The issue has blocks for more than eight segments."),
    "audience-slot": _error("A block for an audience holds a slot without a default."),
    "audience-footnote": _error("A block for an audience has a footnote, which all would see."),
    # the files of one issue
    "translation-twice": _error("Two other files are this issue in one language."),
    "translation-items": _warning("A file has other items than the issue in another language."),
    "translation-links": _warning("An item lacks a link that it has in another language."),
    # slots
    "slot-name": _error("A slot has no possible name."),
    "slot-default": _error("The default of a slot is not written as one."),
    "slot-filter": _error("A slot has a filter that there is not."),
    "slot-attribute": _error("A slot asks for something inside an attribute."),
    "slot-expression": _error("A slot is an expression."),
    "slot-statement": _error("A statement stands in the text."),
    "slot-unclosed": _error("A slot is not closed."),
    "slot-place": _error("A slot stands where none can be filled."),
    "slot-unknown": _warning("A slot asks for an attribute that no reader has."),
    # links
    "link-empty": _error("A link has no target."),
    "link-label": _warning("A link has no text, so nobody can see it."),
    "link-scheme": _error("A link leads nowhere from a mail."),
    "link-anchor": _error("A link within the issue leads to no heading."),
    "link-http": _warning("A link is not encrypted."),
    "link-tracking": _warning("The address of a link carries a tracking parameter."),
    "link-text": _warning("The text of a link does not say where it leads."),
    "link-text-same": _warning("Links of one item have the same text and lead to different pages."),
    "link-repeat": _warning("A link was in an item of an earlier issue."),
    "link-moved": Rule(
        Severity.WARNING, "A link leads to an address that has moved for good.", is_asked=True
    ),
    "link-dead": Rule(Severity.ERROR, "A link leads to a page that is not there.", is_asked=True),
    "link-unanswered": Rule(
        Severity.WARNING, "A link's server gave no page when asked.", is_asked=True
    ),
    # link lines
    "link-line-empty": _warning("A link line names nothing."),
    "link-line-text": _warning("A part of a link line names a role and has no link."),
    "link-line-missing": _warning("An item has no link line, and most others have one."),
    "link-role": _warning("Nothing tells what a link of a link line leads to."),
    "link-twice": _warning("Two links of a link line lead to the same page."),
    "link-duplicate": _warning("The first links of two items lead to the same page."),
    # pictures
    "picture-empty": _error("A picture has no file."),
    "picture-missing": _error("A picture cannot be used."),
    "picture-http": _warning("A picture on the web is not encrypted."),
    "picture-size": _error("The braces behind a picture are no width."),
    "picture-alt": _warning("A picture has no text for who cannot see it."),
    "picture-alt-empty": _warning(
        "The text of a picture is a file name, or just a word such as picture."
    ),
    "picture-alt-long": _warning("The text of a picture is too long to be listened to."),
    "picture-enlarged": _warning("A picture has fewer pixels than it is to stand wide."),
    "picture-heavy": _warning("A picture has many bytes."),
    "pictures-heavy": _warning("The pictures together have many bytes."),
    "video-title": _warning("Nothing says what a video shows."),
    # the message
    "subject-empty": _error("The subject is empty."),
    "subject-long": _error("The subject is longer than a line of a mail may be."),
    "subject-cut": _warning("The subject is too long to be shown whole."),
    "subject-capitals": _warning("The subject is all capitals."),
    "subject-emoji": _warning("An emoji stands where an inbox cuts the subject."),
    "preheader-missing": _warning("The issue has no preheader."),
    "preheader-repeats": _warning("The preheader repeats the subject."),
    "preheader-cut": _warning("The preheader is too long to be shown whole."),
    "postal-address": _error("The publication has no postal address."),
    "html-size": _error("Gmail would hide the end of the message."),
    "html-size-near": _warning("The message is near the size at which Gmail hides its end."),
    "contrast": _warning("A text of the theme can hardly be read on what is behind it."),
    "style-hazard": _warning("Something in the theme's style sheet makes clients drop rules."),
    "style-size": _warning("The theme's style sheet is so large that Gmail drops it."),
    "client-support": _warning("The message needs something that a main mail client lacks."),
}
