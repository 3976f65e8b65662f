"""The outline of an issue: intro, sections and items, sign-off, cut from the flow of blocks."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from mailer.composer.parsing import markers
from mailer.composer.parsing.anchor import Anchors
from mailer.composer.parsing.blocks import BlockReader
from mailer.composer.parsing.htmlsource import without_comments
from mailer.composer.parsing.linkline import LinkLines
from mailer.composer.parsing.markdown import Node
from mailer.composer.report import Report
from mailer.composer.tree import plain
from mailer.model.content import Audience, Block, Blocks, Footnote, Inlines, More
from mailer.model.issue import Item, Section

_CutOff = Callable[[Blocks, int], More]  # of the blocks inside it and its line
_HEADING, _RULE = "heading_open", "hr"


@dataclass(frozen=True, slots=True)
class Outline:
    """The footnotes are those of the intro and the sign-off."""

    intro: Blocks
    entries: tuple[Section | Item, ...]
    sign_off: Blocks
    footnotes: tuple[Footnote, ...]


@dataclass(slots=True)
class _Group:
    """A heading of level 2 or 3, the nodes up to the next one, and the groups of level 3 below."""

    heading: Node
    nodes: list[Node] = field(default_factory=list)
    below: list[_Group] = field(default_factory=list)


class OutlineReader:
    def __init__(self, blocks: BlockReader, link_lines: LinkLines, report: Report) -> None:
        self._blocks = blocks
        self._link_lines = link_lines
        self._report = report
        self._anchors = Anchors()

    def read(self, nodes: list[Node]) -> Outline:
        """The outline of a document's blocks, read in the order of the file."""
        shown = [node for node in nodes if not self._is_comment(node)]
        before, after = _at_sign_off(shown)
        opening, groups = _groups(before)
        intro = self._flow(opening)
        notes = self._blocks.footnotes()
        entries = tuple(self._entry(group) for group in groups)
        sign_off = self._flow(after)
        return Outline(intro, entries, sign_off, (*notes, *self._blocks.footnotes()))

    def _is_comment(self, node: Node) -> bool:
        if node.token.type != "html_block":
            return False
        line = self._blocks.line(node.token)
        return not without_comments(node.token.content, self._report, line).strip()

    def _flow(
        self, nodes: Iterable[Node], cut: _CutOff | None = None, inside_another: bool = False
    ) -> Blocks:
        """Blocks with the subheadings among them; headings of another level are errors, and so are
        cut-offs where there is no `cut` to make them, and any block of ours inside another."""
        blocks: list[Block] = []
        coming = iter(nodes)
        for node in coming:
            if node.token.type == _HEADING:
                self._report_level(node)
                blocks.append(self._blocks.subheading(node))
            elif node.token.type == markers.TYPE and node.token.content != markers.END:
                inside = itertools.takewhile(
                    lambda inner: not _is_marker(inner, markers.END), coming
                )
                blocks += self._marked(node, inside, cut, inside_another)
            else:
                blocks += self._blocks.read((node,))
        return tuple(blocks)

    def _marked(
        self, node: Node, inside: Iterable[Node], cut: _CutOff | None, inside_another: bool
    ) -> Blocks:
        """What stands between two markers, or from one to the end."""
        line, segment = self._blocks.line(node.token), markers.segment_of(node.token.content)
        if segment is not None and not inside_another:
            children = self._flow(inside, inside_another=True)
            return (Audience(segment, children, line),) if children else ()
        if cut is None or node.token.content != markers.MORE:
            return (*self._blocks.read((node,)), *self._flow(inside, inside_another=True))
        children = self._flow(inside, inside_another=True)
        return (cut(children, line),) if children else ()

    def _report_level(self, node: Node) -> None:
        line = self._blocks.line(node.token)
        if node.token.tag == "h1":
            message, mend = "the title comes from the front matter", "write ## for an item"
            self._report.add("heading-level", line, message, mend)
        elif node.token.tag in ("h5", "h6"):
            message = "headings inside an item are level 4"
            self._report.add("heading-level", line, message, "write ####")

    def _entry(self, group: _Group) -> Section | Item:
        if group.heading.token.tag == "h3":
            message = "a level-3 heading before any level-2 heading"
            self._report.add("heading-order", self._line(group), message, "write ##")
        if not group.below:
            return self._item(group)
        heading, title, anchor = self._headed(group)
        own = self._link_lines.take(self._flow(group.nodes))
        if own.found:
            body = (*own.blocks, *self._refused(group))
            notes = self._blocks.footnotes()
            return Item(heading, title, anchor, own.parts, body, notes, self._line(group))
        notes = self._blocks.footnotes()
        items = tuple(self._item(below) for below in group.below)
        return Section(heading, title, anchor, own.blocks, items, notes, self._line(group))

    def _refused(self, group: _Group) -> Blocks:
        """What stands below level-3 headings under an item that has a link line of its own."""
        blocks: list[Block] = []
        for below in group.below:
            message = "this heading stands below an item with a link line"
            self._report.add("heading-below-item", self._line(below), message, "write ####")
            blocks += self._flow((below.heading, *below.nodes))
        return tuple(blocks)

    def _item(self, group: _Group) -> Item:
        heading, title, anchor = self._headed(group)
        cut = partial(More, heading, anchor)
        taken = self._link_lines.take(self._flow(group.nodes, cut))
        if not taken.parts and not taken.blocks:
            mend = "write its text, or remove the heading"
            self._report.add("item-empty", self._line(group), "this item is empty", mend)
        notes = self._blocks.footnotes()
        return Item(heading, title, anchor, taken.parts, taken.blocks, notes, self._line(group))

    def _headed(self, group: _Group) -> tuple[Inlines, str, str]:
        heading = self._blocks.heading(group.heading)
        title = plain(heading)
        return heading, title, self._anchors.name(title)

    def _line(self, group: _Group) -> int:
        return self._blocks.line(group.heading.token)


def _is_marker(node: Node, written: str) -> bool:
    return node.token.type == markers.TYPE and node.token.content == written


def _at_sign_off(nodes: list[Node]) -> tuple[list[Node], list[Node]]:
    """The nodes before and after the last rule that no heading follows and nothing is around."""
    inside = False
    end = len(nodes)
    while end and nodes[end - 1].token.type == _RULE:  # a rule before nothing ends nothing
        end -= 1
    for index in range(end - 1, -1, -1):
        if nodes[index].token.type == _HEADING:
            break
        if nodes[index].token.type == markers.TYPE:
            inside = _is_marker(nodes[index], markers.END)
        if nodes[index].token.type == _RULE and not inside:
            return nodes[:index], nodes[index + 1 : end]
    return nodes[:end], []


def _groups(nodes: Iterable[Node]) -> tuple[list[Node], list[_Group]]:
    """The nodes before the first item, and the groups of level 2 with those of level 3 in them."""
    intro: list[Node] = []
    groups: list[_Group] = []
    current = intro
    for node in nodes:
        if node.token.type != _HEADING or node.token.tag not in ("h2", "h3"):
            current.append(node)
            continue
        group = _Group(node)
        current = group.nodes
        inside = node.token.tag == "h3" and groups and groups[-1].heading.token.tag == "h2"
        (groups[-1].below if inside else groups).append(group)
    return intro, groups
