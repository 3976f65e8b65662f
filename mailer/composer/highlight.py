"""Program text cut into the few groups of tokens that a theme colours, by Pygments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pygments.lexer import Lexer

Group = Literal["keyword", "comment", "string", "number", "name"]
Piece = tuple[Group | None, str]

# By Pygments' names of tokens; one that is not here is of the group of its parent.
_GROUPS: Mapping[str, Group | None] = {
    "Token": None,
    "Token.Keyword": "keyword",
    "Token.Keyword.Constant": "number",
    "Token.Operator.Word": "keyword",
    "Token.Comment": "comment",
    "Token.Comment.Preproc": "keyword",
    "Token.Comment.PreprocFile": "string",
    "Token.Literal.String": "string",
    "Token.Literal.Number": "number",
    "Token.Literal.Date": "number",
    "Token.Name.Attribute": "name",
    "Token.Name.Builtin": "name",
    "Token.Name.Builtin.Pseudo": None,
    "Token.Name.Class": "name",
    "Token.Name.Decorator": "name",
    "Token.Name.Function": "name",
    "Token.Name.Tag": "name",
    "Token.Generic.Deleted": "number",
    "Token.Generic.Heading": "keyword",
    "Token.Generic.Inserted": "string",
    "Token.Generic.Prompt": "comment",
    "Token.Generic.Subheading": "keyword",
}


def is_known(language: str) -> bool:
    """Whether code in it can be cut; `text` is a language too."""
    return _lexer(language) is not None


def pieces(code: str, language: str) -> Iterator[Piece]:
    """The code, cut; together the pieces are the code. White space stands in pieces without a
    group, unless it is inside one. Where the language is unknown, all is one piece."""
    lexer, source = _lexer(language), f"{code}\n"  # some lexers drop a line that has no end
    tokens = list(_grouped(lexer, source)) if lexer else []
    if "".join(text for _, text in tokens) != source:  # and some lose odd characters
        tokens = [(None, source)]
    runs = groupby(tokens, key=lambda token: token[0])
    *first, (group, last) = ((group, "".join(text for _, text in run)) for group, run in runs)
    for piece in (*first, (group, last.removesuffix("\n"))):
        yield from _bare(*piece)


def _grouped(lexer: Lexer, source: str) -> Iterator[Piece]:
    """Each token with its group; white space goes with what is before it."""
    group: Group | None = None
    for _, kind, text in lexer.get_tokens_unprocessed(source):
        if text.strip():
            group = _group(str(kind))
        yield group, text


def _bare(group: Group | None, text: str) -> Iterator[Piece]:
    """The piece without the white space at its ends."""
    start = len(text) - len(text.lstrip())
    end = max(start, len(text.rstrip()))
    for kind, part in ((None, text[:start]), (group, text[start:end]), (None, text[end:])):
        if part:
            yield kind, part


@cache
def _group(kind: str) -> Group | None:
    return _GROUPS[kind] if kind in _GROUPS else _group(kind.rpartition(".")[0])


@cache
def _lexer(language: str) -> Lexer | None:
    if not language:
        return None
    # Imported here, since it takes longer than composing an issue that has no code.
    from pygments import lexers
    from pygments.util import ClassNotFound

    try:
        return lexers.find_lexer_class_by_name(language)()
    except ClassNotFound:
        return None
