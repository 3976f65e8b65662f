"""The front matter of an issue file: YAML between two lines of `---`.

Every value but that of `allow` is a scalar, and each is read as it is written, so that YAML's own
ideas of a type (`title: No`, `id: 2021-01-31`) do not surprise an editor.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from mailer.composer.parsing import allowances
from mailer.composer.parsing.characters import cleaned, normalised, one_line
from mailer.composer.parsing.leftover import report_leftovers
from mailer.composer.parsing.slots import Slots
from mailer.composer.report import Report
from mailer.model.finding import Allowance
from mailer.model.slot import SlotKind, Slotted, fill

_FENCE = "---"
_ALLOW = "allow"
_FIRST_LINE = 2  # of the YAML text, in the file
_KEYS = ("id", "title", "number", "date", "subject", "preheader", "lang", "theme", _ALLOW)
_ID = re.compile(r"[\w][\w.-]{0,99}")
_ID_RULE = "letters, digits, dots and hyphens"
_NUMBER = re.compile(r"[0-9]{1,9}")
_LANG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
_THEME = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Defaults:
    """What an issue has where its front matter is silent; `lead_words` are the publication's."""

    lang: str
    lead_words: tuple[str, ...]
    id: str


@dataclass(frozen=True, slots=True)
class FrontMatter:
    id: str
    title: str
    number: int | None
    date: dt.date | None
    subject: Slotted
    preheader: str
    lang: str
    theme: str | None
    allowances: tuple[Allowance, ...]
    lines: Mapping[str, int]  # of the keys


@dataclass(frozen=True, slots=True)
class Divided:
    """A file cut in two. `front` is None where none can be found; `line` is the body's first."""

    front: str | None
    body: str
    line: int


def is_language(text: str) -> bool:
    """Whether it may stand as `lang`."""
    return _LANG.fullmatch(text) is not None


def read_alone(source: str, file: str, defaults: Defaults) -> FrontMatter | None:
    """What an issue says of itself, for who does not want its text; None where that cannot be
    read. `source` is the whole file, which `file` names in findings."""
    report = Report(file)
    front = divide(cleaned(normalised(source), report, 1), report).front
    return None if front is None else read(front, defaults, Slots(), report)


def divide(text: str, report: Report) -> Divided:
    """Cut the front matter off; where there is none, say so and take all as body."""
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        mend = f"begin the file with a line {_FENCE}, title: …, and another {_FENCE}"
        report.add("front-matter-missing", 1, "no front matter", mend)
        return Divided(None, text, 1)
    for index, line in enumerate(lines[1:], 1):
        if line.rstrip() == _FENCE:
            return Divided("\n".join(lines[1:index]), "\n".join(lines[index + 1 :]), index + 2)
    mend = f"close it with a line {_FENCE}"
    report.add("front-matter-unclosed", 1, "the front matter has no end", mend)
    return Divided(None, "", len(lines))


def read(front: str, defaults: Defaults, slots: Slots, report: Report) -> FrontMatter | None:
    """The front matter; None where it is no YAML mapping. Every fault becomes a finding."""
    try:
        node = yaml.compose(front, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = (mark.line if mark else 0) + _FIRST_LINE
        problem = getattr(error, "problem", None) or "nested too deeply"
        message = f"unreadable front matter: {problem}"
        mend = "put a value that holds a colon into quotes"
        report.add("front-matter-yaml", line, message, mend)
        return None
    if node is not None and not isinstance(node, yaml.MappingNode):
        message = "the front matter is not a list of `key: value` lines"
        report.add("front-matter-yaml", _FIRST_LINE, message, "begin with title: …")
        return None
    return _Fields(node, slots, report).front_matter(defaults)


class _Fields:
    """The known keys of a front matter, each as (text, line)."""

    def __init__(self, node: yaml.MappingNode | None, slots: Slots, report: Report) -> None:
        self._slots, self._report = slots, report
        self._found: dict[str, tuple[str, int]] = {}
        self._allowances: tuple[Allowance, ...] = ()
        for key, line, value in _pairs(node):
            self._take(key, line, value)

    def _take(self, key: str, line: int, value: yaml.Node) -> None:
        if key not in _KEYS:
            mend = f"use one of {', '.join(_KEYS)}"
            self._report.add("front-matter-key", line, f"unknown key {key!r}", mend)
        elif key in self._found:
            self._report.add("front-matter-key", line, f"{key} is given twice", "remove one")
        elif key == _ALLOW:
            self._found[key] = ("", line)
            self._allowances = allowances.read(value, line, self._report)
        elif not isinstance(value, yaml.ScalarNode):
            mend = f"write {key}: and one text behind it"
            self._report.add("front-matter-value", line, f"{key} is not a single value", mend)
        elif value.tag != "tag:yaml.org,2002:null":
            self._found[key] = (one_line(value.value, self._report, line), line)

    def front_matter(self, defaults: Defaults) -> FrontMatter:
        title = self._header("title")
        subject = self._header("subject")
        if title is None or title == ("",):
            line = self._found.get("title", ("", 1))[1]
            self._report.add("front-matter-title", line, "no title", "add title: … to it")
        return FrontMatter(
            id=self._matching("id", _ID, _ID_RULE) or self._default_id(defaults.id),
            title=fill(title or ("",), {}),
            number=self._number(),
            date=self._date(),
            subject=subject if subject is not None else title or ("",),
            preheader=self._plain("preheader"),
            lang=self._matching("lang", _LANG, "a language such as en or pt-BR") or defaults.lang,
            theme=self._matching("theme", _THEME, "lower-case letters, digits and hyphens"),
            allowances=self._allowances,
            lines={key: line for key, (_, line) in self._found.items()},
        )

    def _default_id(self, name: str) -> str:
        """The file's name, which must do for an id where none is given."""
        if "id" not in self._found and not _ID.fullmatch(name):
            message = f"no id, and the file's name {name!r} is none"
            mend = f"add id: … or rename the file: {_ID_RULE}"
            self._report.add("front-matter-value", 1, message, mend)
        return name

    def _header(self, key: str) -> Slotted | None:
        """A header text: its slots are filled for each recipient."""
        if key not in self._found:
            return None
        text, line = self._found[key]
        report_leftovers(text, self._report, line)
        hidden = self._slots.hide(text)
        return self._slots.typed(hidden, SlotKind.HEADER, self._report, line) or ("",)

    def _plain(self, key: str) -> str:
        text, line = self._found.get(key, ("", 0))
        report_leftovers(text, self._report, line)
        return self._slots.refused(self._slots.hide(text), key, self._report, line)

    def _matching(self, key: str, pattern: re.Pattern[str], what: str) -> str | None:
        text, line = self._found.get(key, ("", 0))
        if key in self._found and not pattern.fullmatch(text):
            self._report.add("front-matter-value", line, f"{key} is {text!r}", f"write {what}")
            return None
        return text or None

    def _number(self) -> int | None:
        text = self._matching("number", _NUMBER, "a whole number")
        return int(text) if text else None

    def _date(self) -> dt.date | None:
        text, line = self._found.get("date", ("", 0))
        try:
            return dt.date.fromisoformat(text) if "date" in self._found else None
        except ValueError:
            mend = "write a day such as 2021-01-31"
            self._report.add("front-matter-value", line, f"date is {text!r}", mend)
            return None


def _pairs(node: yaml.MappingNode | None) -> Iterator[tuple[str, int, yaml.Node]]:
    for key, value in node.value if node else ():
        name = key.value if isinstance(key, yaml.ScalarNode) else "?"
        yield name, key.start_mark.line + _FIRST_LINE, value
