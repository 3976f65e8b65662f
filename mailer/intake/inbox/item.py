"""An item of the inbox, and the file that keeps it: front matter as issues have, then the note."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from mailer.composer.canonical import canonical
from mailer.errors import MailerError
from mailer.model.characters import FORBIDDEN
from mailer.model.issue import Role

_FENCE = "---"
_TEXTS = ("url", "title", "section", "site", "description", "picture", "issue")
_KEYS = (*_TEXTS, "added", "links")
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # makes texts of all values
_WIDEST = 10_000  # columns of a line of YAML: no value is folded


@dataclass(frozen=True, slots=True)
class InboxItem:
    """`links` are those of its page, by what they lead to, its own among them. `picture` is where
    the page's is on the web. `note` is the editor's own text, in Markdown. `issue` is the id of the
    issue in which it was laid out, empty before."""

    url: str
    title: str
    added: dt.date
    section: str = ""
    site: str = ""
    description: str = ""
    picture: str = ""
    links: Mapping[Role, str] = field(default_factory=dict)
    note: str = ""
    issue: str = ""


def written(item: InboxItem) -> str:
    """As a file."""
    fields: dict[str, Any] = {name: getattr(item, name) for name in _TEXTS}
    fields |= {"added": item.added, "links": {role.value: url for role, url in item.links.items()}}
    front = yaml.safe_dump(
        {name: value for name, value in fields.items() if value},
        allow_unicode=True,
        sort_keys=False,
        width=_WIDEST,
    )
    note = f"{item.note}\n" if item.note else ""
    return f"{_FENCE}\n{front}{_FENCE}\n{note}"


def read(text: str, file: str) -> InboxItem:
    """Raises MailerError with the file, what is wrong, and how to mend it."""
    front, note = _divided(text, file)
    try:
        fields = yaml.load(front, Loader=_LOADER)  # noqa: S506 - see there
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}:{mark.line + 2}" if mark else file
        mend = "put a value that holds a colon into quotes"
        raise MailerError(f"{where}: its front matter cannot be read: {mend}") from error
    if not isinstance(fields, dict) or not fields.get("url") or not fields.get("title"):
        raise MailerError(f"{file}: has no url and title in its front matter: write both")
    for name, value in fields.items():
        _require_known(name, value, file)
    if not canonical(fields["url"]):
        raise MailerError(f"{file}: url is no address of the web: write https://…")
    return InboxItem(
        **{name: fields[name] for name in _TEXTS if name in fields},
        added=_date(fields.get("added", ""), file),
        links=_links(fields.get("links") or {}, file),
        note=note.strip(),
    )


def _divided(text: str, file: str) -> tuple[str, str]:
    lines = FORBIDDEN.sub("", text.removeprefix("\ufeff").replace("\r\n", "\n")).split("\n")
    ends = [index for index, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE]
    if lines[0].rstrip() != _FENCE or not ends:
        raise MailerError(f"{file}: has no front matter between two lines of {_FENCE}: write it")
    return "\n".join(lines[1 : ends[0]]), "\n".join(lines[ends[0] + 1 :])


def _require_known(name: str, value: object, file: str) -> None:
    if name not in _KEYS:
        raise MailerError(f"{file}: unknown key {name!r}: use one of {', '.join(_KEYS)}")
    if name != "links" and not isinstance(value, str):
        raise MailerError(f"{file}: {name} is not a single value: write one text behind it")


def _date(text: str, file: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise MailerError(f"{file}: added is {text!r}: write a day such as 2021-01-31") from error


def _links(links: object, file: str) -> dict[Role, str]:
    if not isinstance(links, dict):
        raise MailerError(f"{file}: links is no list: write `paper: https://…` below it")
    found = {}
    for name, url in links.items():
        if name not in set(Role) or not isinstance(url, str):
            raise MailerError(f"{file}: links has {name!r}: use one of {', '.join(Role)}")
        found[Role(name)] = url
    return found
