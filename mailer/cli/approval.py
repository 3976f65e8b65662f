"""`mailer issue approve`, `diff`: a version's exact bytes, and what differs from them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli.output import File, Json, emit, say, show, table
from mailer.model.command import command

if TYPE_CHECKING:
    from mailer.desk.comparing import Comparison
    from mailer.model.approval import Approval
    from mailer.records import Records


def approve(
    context: typer.Context,
    file: File,
    by: Annotated[
        str, typer.Option(metavar="NAME", help="Who; default: MAILER_ACTOR, or who is logged in.")
    ] = "",
    only_show: Annotated[
        bool, typer.Option("--show", help="Show who approved what and when; approve nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Freeze the version that the file composes to now, and write down who approved it."""
    from mailer.desk import approving
    from mailer.desk.composing import compose_file
    from mailer.records import open_records

    app = open_records(context.obj)
    composition = compose_file(app, file)
    if not only_show:
        new = approving.approve(app, composition, by.strip() or app.actor)
        say("approved" if new else "it was approved already")
    _, edition = composition.complete()
    words = approving.history(app, composition)
    of_file = [(word, word.version == edition.content_hash) for word in words]
    if json:
        emit([{**document(word), "same": same} for word, same in of_file])
    elif not words:
        say("nobody has approved it yet")
    else:
        rows = [(phrase(app, word), "this" if same else "another") for word, same in of_file]
        table(("approved by", "the file's version is"), rows)
    then = ("issue", "diff" if words else "approve", file) if only_show else ("send", file)
    say(f"next: {command(*then)}")


def document(word: Approval) -> dict[str, object]:
    """An approval as every `--json` gives it."""
    ended = word.ended_by and {"by": word.ended_by, "comment": word.comment}
    return {"by": word.by, "at": word.at, "version": word.version, "sent_back": ended}


def of_languages(words: Mapping[str, Approval | None]) -> dict[str, object]:
    """Who approved the languages of an issue; `approved` is the word about the first."""
    documents = {lang: word and document(word) for lang, word in words.items()}
    return {"approved": next(iter(documents.values())), "approvals": documents}


def phrase(app: Records, word: Approval) -> str:
    """`Ann on 31 Jan 2021 at 09:30 (0123456789)`, in the publication's time, and who sent that
    version back since."""
    from mailer.model.edition import short_hash

    at = word.at.astimezone(app.timezone)
    ended = f", sent back by {word.ended_by}" if word.ended_by else ""
    return f"{word.by} on {at:%d %b %Y at %H:%M} ({short_hash(word.version)}){ended}"


def diff(context: typer.Context, file: File, json: Json = False) -> None:
    """Say what differs between the file as it composes now and the version that was approved, or
    else sent or published last. Exit status 1 where something does."""
    from mailer.desk import comparing
    from mailer.desk.composing import compose_file
    from mailer.records import open_records

    app = open_records(context.obj)
    found = comparing.compare_file(app, compose_file(app, file))
    if json:
        emit(_difference_document(found))
    else:
        for line in _lines(app, found):
            show(line)
    if found.same:
        say(f"next: {command('send', file)}")
        return
    say(f"next: {command('issue', 'approve', file)}, or put the file back")
    raise typer.Exit(1)


def _difference_document(found: Comparison) -> dict[str, object]:
    difference = dataclasses.asdict(found.difference)
    return {
        "issue": found.new.issue_id,
        "against": {
            "version": found.old.content_hash,
            "approved": found.approval and document(found.approval),
        },
        "version": found.new.content_hash,
        "same": found.same,
        **difference,
    }


def _lines(app: Records, found: Comparison) -> Iterator[str]:
    yield f"against the version {_against(app, found)}"
    if found.same:
        yield "nothing differs"
        return
    difference = found.difference
    for field in difference.fields:
        yield f"{field.name}: {field.old!r} → {field.new!r}"
    for part in difference.parts:
        yield f"{part.kind}: {part.title}"
    for picture in difference.pictures:
        yield f"picture {picture.kind}: {picture.name} ({picture.alt})"
    for name, lines in (("text", difference.text), ("HTML", difference.html)):
        if lines:
            yield from ("", f"{name}:", *lines)
    if difference.page and not difference.html:
        yield "the web page differs, the mail does not"


def _against(app: Records, found: Comparison) -> str:
    from mailer.model.edition import short_hash

    if found.approval is not None:
        return f"approved by {phrase(app, found.approval)}"
    return f"{short_hash(found.old.content_hash)}, which was sent or published last"
