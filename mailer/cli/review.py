"""`mailer issue review`: asking colleagues about a version, and what they said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli.options import require_one_of
from mailer.cli.output import Json, emit, say, show
from mailer.model.command import command
from mailer.model.counted import number

if TYPE_CHECKING:
    from mailer.app import App
    from mailer.desk.composition import Composition
    from mailer.model.approval import Review

MaybeFile = Annotated[
    Path | None, typer.Argument(metavar="FILE", help="An issue file; needed to ask or withdraw.")
]


def review(
    context: typer.Context,
    file: MaybeFile = None,
    to: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDR", help="Ask this colleague; may be given several times."),
    ] = None,
    by: Annotated[
        str,
        typer.Option(metavar="NAME", help="Who asks; default: MAILER_ACTOR, or who is logged in."),
    ] = "",
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="End what nobody answered yet.")
    ] = False,
    json: Json = False,
) -> None:
    """Show the reviews of an issue, or of all; with --to freeze the version and mail a colleague
    the link to a page that shows it, with Approve and Send back."""
    from mailer.app import open_app
    from mailer.desk import reviewing
    from mailer.desk.composing import compose_file

    if file is None and (to or withdraw):
        raise typer.BadParameter("name the issue file too", param_hint="FILE")
    require_one_of({"--to": to, "--withdraw": withdraw})
    app = open_app(context.obj)
    composition = None if file is None else compose_file(app, file)
    if composition is not None and to:
        _ask(app, composition, to, by.strip() or app.actor, json)
        say(f"next: {command('issue', 'review', file)} tells what they say")
        return
    if composition is not None and withdraw:
        say(f"withdrawn: {number(reviewing.withdraw(app, composition), 'question')}")
    _show(app, reviewing.listed(app, composition), json)
    say(f"next: {command('issue', 'review', file or 'FILE', '--to', 'ADDR')}")


def _ask(app: App, composition: Composition, to: Sequence[str], by: str, json: bool) -> None:
    """Exit status 1 where a link could not be mailed; it stands in the report all the same."""
    from mailer.desk import reviewing

    asked = reviewing.ask(app, composition, to, by)
    if json:
        emit([{**_document(one.review), "url": one.url, "trouble": one.trouble} for one in asked])
    for one in asked:
        if not json:
            show(f"{one.review.reviewer}: {one.url}")
        if one.trouble:
            say(
                f"mailer: {one.review.reviewer}: the link was not mailed: {one.trouble}: pass it on"
            )
    if app.config.publication.editor is None:
        say("[publication] editor is not set in mailer.toml: nobody is mailed the verdict")
    if any(one.trouble for one in asked):
        raise typer.Exit(1)


def _show(app: App, reviews: Sequence[Review], json: bool) -> None:
    if json:
        emit([_document(review) for review in reviews])
        return
    for review in reviews:
        show(_line(app, review))
        for said in review.comment.splitlines():
            show(f"    {said}")


def _line(app: App, review: Review) -> str:
    """`2021-01 0123456789: ann@example.org: sent back on 31 Jan 2021 at 09:30`."""
    from mailer.model.edition import short_hash

    version = short_hash(review.version)
    return f"{review.issue_id} {version}: {review.reviewer}: {_standing(app, review)}"


def _standing(app: App, review: Review) -> str:
    if review.decided_at is not None:
        at = review.decided_at.astimezone(app.timezone)
        return f"{review.state} on {at:%d %b %Y at %H:%M}"
    until = review.expires_at.astimezone(app.timezone)
    verb = "asked until" if review.is_open(app.now()) else "no answer by"
    return f"{verb} {until:%d %b %Y}"


def _document(review: Review) -> dict[str, object]:
    names = (
        *("lang", "version", "file", "reviewer", "asked_by", "asked_at", "expires_at"),
        *("state", "comment", "decided_at"),
    )
    return {"issue": review.issue_id} | {name: getattr(review, name) for name in names}
