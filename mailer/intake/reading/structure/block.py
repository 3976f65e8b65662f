"""A block of a source, and what its look says of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from mailer.intake.reading.addresses import shows_address
from mailer.intake.reading.linkline import recognised
from mailer.intake.reading.manuscript import LinkLine, Piece
from mailer.intake.reading.structure.passage import Mark, Passage
from mailer.intake.reading.structure.shape import Ending, Shape
from mailer.model.content import Inlines

_LONGEST_ALONE = 12  # words of a title that no link line vouches for
_LONGEST_LINK_LINE = 600  # characters, addresses among them
_NO_LINK_LINE = (Mark.CODE, Mark.RULE, Mark.HEADING, Mark.INNER, Mark.END, Mark.QUOTE, Mark.FIGURE)


@dataclass(frozen=True)
class Block:
    """A passage with what can be said of it alone. `piece` is what it is where it is neither a
    heading nor a link line, if the source tells; `is_label`: nothing but the name of a link, in a
    house that has link lines."""

    passage: Passage
    inlines: Inlines
    piece: Piece | None = None
    is_label: bool = False

    @cached_property
    def shape(self) -> Shape:
        return Shape(self.passage.text)

    @cached_property
    def links(self) -> LinkLine | None:
        if self.passage.mark in _NO_LINK_LINE or len(self.passage.text) > _LONGEST_LINK_LINE:
            return None
        if self.is_label:
            return LinkLine("", (self.inlines,))
        return recognised(self.inlines)

    @cached_property
    def could_be_title(self) -> bool:
        """Whether a link line below would make it a heading."""
        mark, shape = self.passage.mark, self.shape
        if mark is Mark.HEADING:
            return True
        if mark not in (Mark.NONE, Mark.NUMBER) or self.links:
            return False
        if shows_address(self.inlines):
            return False
        is_sentence = shape.ending is Ending.STOP or (shape.has_sentences and shape.length > 8)
        return shape.is_short and not is_sentence and not shape.is_salutation

    @cached_property
    def looks_like_title(self) -> bool:
        """Whether it could stand without a link line below."""
        shape = self.shape
        if not self.could_be_title or shape.length > _LONGEST_ALONE or shape.has_sentences:
            return False
        if shape.ending is Ending.QUESTION and not self.is_styled and not shape.is_title_case:
            return False
        if shape.ending is Ending.CALL and not self.is_styled:
            return False
        if shape.ending is Ending.COLON and not (self.is_styled or shape.is_title_case):
            return False
        return not (
            shape.starts_small
            or shape.is_caption
            or shape.is_quotation
            or shape.is_attribution
            or shape.is_code
        )

    @cached_property
    def is_styled(self) -> bool:
        """Whether it is set apart as headings are: by a number, a sign, capitals."""
        numbered = self.passage.mark is Mark.NUMBER
        return numbered or self.shape.pictograph or self.shape.is_upper

    @property
    def is_text(self) -> bool:
        return not self.could_be_title and self.passage.mark is not Mark.RULE and not self.links

    @cached_property
    def is_body(self) -> bool:
        """Whether it is what a heading stands above."""
        return self.passage.mark not in (Mark.RULE, Mark.HEADING) and not self.looks_like_title
