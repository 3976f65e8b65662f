"""Pictures: whether they are there, and what they say to who cannot see them."""

from __future__ import annotations

from mailer.composer.checking.context import CheckContext
from mailer.composer.report import Report
from mailer.composer.tree import inlines_of
from mailer.model.content import Picture
from mailer.model.finding import Fault
from mailer.model.issue import Issue

_UNKNOWN = Fault("is not there", "put it beside the issue or into the publication's folder")


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    for picture in inlines_of(issue):
        if isinstance(picture, Picture):
            _check_file(picture, context, report)
            _check_alt(picture, report)


def _check_file(picture: Picture, context: CheckContext, report: Report) -> None:
    fault = context.missing.get(picture.source)
    is_remote = picture.source.startswith(("https://", "http://"))
    if not (fault or is_remote or picture.source in context.pictures):
        fault = _UNKNOWN
    if fault:
        message = f"{picture.source}: {fault.message}"
        report.add("picture-missing", picture.line, message, fault.mend)


def _check_alt(picture: Picture, report: Report) -> None:
    if not picture.alt:
        message = f"{picture.source}: no text for who cannot see it"
        report.add("picture-alt", picture.line, message, "write ![what it shows](…)")
