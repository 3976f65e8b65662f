"""The letter of a send night: what became of a dispatch, and what its editor should do now.

Written as an issue is, in Markdown, and composed in the theme `letter`. A pure function of what the
ledger says.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_datetime_format
from babel.numbers import format_decimal

from mailer import files
from mailer.desk.starter import escaped, filled
from mailer.ledger.letters import Kind
from mailer.model.delivery import DispatchState, DispatchStatus, State

_FALLBACK = "en"
_ROWS = (
    (State.SENT, "sent"),
    (State.FAILED, "failed"),
    (State.UNCERTAIN, "uncertain"),
    (State.DEFERRED, "deferred"),
    (State.SKIPPED, "skipped"),
)
_FIRST = {Kind.FAULT: "cause", Kind.HELD: "review"}  # what to do first


@dataclass(frozen=True, slots=True)
class Night:
    """What there is to tell. `left` and `complained` count readers of this dispatch since it began,
    `bounced` its copies that came back; `due` is when the first deferred copy may be tried again,
    `worker` whether one is at work."""

    kind: Kind
    publication: str
    lang: str
    zone: ZoneInfo
    title: str
    status: DispatchStatus
    left: int
    bounced: int
    complained: int
    due: dt.datetime | None
    worker: bool
    now: dt.datetime


def write(night: Night) -> str:
    """The letter as the text of an issue file."""
    strings, locale = _language(night.lang)
    dispatch = night.status
    values = {
        "id": str(dispatch.id),
        "list": escaped(dispatch.list_name),
        "reason": escaped(dispatch.reason),
        "publication": escaped(night.publication),
        "when": _when(night.now, night.zone, locale),
        "due": _when(night.due or night.now, night.zone, locale),
    }
    title = strings[_title(night)].replace("{title}", night.title)
    return filled(
        "mail/night.md.j2",
        title=title.replace("{{", "{ {"),  # a slot would be nobody's
        lang=str(locale).replace("_", "-"),
        strings=strings,
        opening=_with(strings[night.kind.value], values),
        rows=_rows(night, strings, locale),
        steps=[_with(strings[name], values) for name in _steps(night)],
        closing=_with(strings["closing"], values),
    )


def _title(night: Night) -> str:
    """The name of the title's string."""
    counts = night.status.counts
    nobody = not (counts[State.SENT] or counts[State.UNCERTAIN]) and night.kind is Kind.ENDED
    return "nobody_title" if nobody else f"{night.kind}_title"


def _rows(night: Night, strings: Mapping[str, str], locale: Locale) -> list[dict[str, str]]:
    counts = night.status.counts
    numbers = [(name, counts[state]) for state, name in _ROWS]
    numbers.insert(4, ("open", night.status.untried))
    shown = [(name, n) for name, n in numbers if n or name == "sent"]
    shown.append(("total", night.status.total))
    later = (("left", night.left), ("bounced", night.bounced), ("complained", night.complained))
    shown += [(name, n) for name, n in later if n]
    return [
        {"label": strings[name], "number": format_decimal(n, locale=locale)} for name, n in shown
    ]


def _steps(night: Night) -> list[str]:
    """The names of the sentences that say what to do."""
    dispatch, counts = night.status, night.status.counts
    steps = []
    if night.kind in _FIRST:
        steps.append(_FIRST[night.kind])
    if dispatch.state is DispatchState.PAUSED:
        steps.append("mend" if night.kind is Kind.PAUSED else "waits")
        if not (dispatch.queued and night.worker):
            steps.append("again")
    elif counts[State.DEFERRED]:
        steps.append("retry_worker" if night.worker else "retry_send")
    if counts[State.UNCERTAIN]:
        steps.append("close" if dispatch.state is DispatchState.CANCELLED else "decide")
    if counts[State.FAILED]:
        steps.append("look")
    return steps or ["nothing"]


def _when(moment: dt.datetime, zone: ZoneInfo, locale: Locale) -> str:
    """To the minute: Babel has no form with a date in words and a time without its seconds."""
    day = format_date(moment.astimezone(zone), "medium", locale)
    time = format_time(moment, "short", zone, locale)
    together = str(get_datetime_format("medium", locale=locale)).replace("'", "")
    return escaped(together.format(time, day))


def _with(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: values[match[1]], text)


def strings_of(lang: str) -> Mapping[str, str]:
    """What letters to an editor say in a language, English where there is none of ours."""
    return _language(lang)[0]


def _language(lang: str) -> tuple[Mapping[str, str], Locale]:
    """The strings of a language, English where there are none."""
    name = lang.partition("-")[0]
    known = name if name in _strings() else _FALLBACK
    return _strings()[known], Locale.parse(known)


@cache
def _strings() -> Mapping[str, Mapping[str, str]]:
    source = (files.templates_dir() / "mail" / "strings.toml").read_text(encoding="utf-8")
    return tomllib.loads(source)
