"""`mailer send`: an issue to a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli import rehearsing
from mailer.cli.carrying import carry_on, next_step, report
from mailer.cli.offering import ask, correction_sentence, proof, sentence, tell
from mailer.cli.options import dispatch_id as id_of
from mailer.cli.options import require_one_of
from mailer.cli.output import File, Json, emit, say, status_document
from mailer.cli.progress import counting
from mailer.model.command import command

if TYPE_CHECKING:
    import datetime as dt

    from mailer.app import App
    from mailer.desk.composition import Composition
    from mailer.desk.offer import Offer


More = Annotated[list[str] | None, typer.Argument(metavar="ADDR", hidden=True)]
ListName = Annotated[str | None, typer.Option("--list", "-l", help="Default: the publication's.")]
Segment = Annotated[
    str, typer.Option("--segment", "-s", metavar="NAME", help="Only to those of the list in it.")
]
Test = Annotated[
    list[str] | None,
    typer.Option(metavar="ADDR...", help="Test copies to these addresses, and nobody else."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done.")]
Rehearse = Annotated[
    bool,
    typer.Option(
        "--rehearse",
        help="Send it into a sink that plays your relay, and say what a real send would take.",
    ),
]
At = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="Let a worker begin it then: “2026-12-01 09:00”, in the publication's time. The issue "
        "is frozen now, its audience is picked then.",
    ),
]
Queue = Annotated[bool, typer.Option("--queue", help="Let a worker send it, beginning now.")]
Late = Annotated[bool, typer.Option("--late", help="To those whom no dispatch of it reached.")]
Again = Annotated[
    bool, typer.Option("--again", help="To everybody once more, also to those who have it.")
]
Correct = Annotated[
    int | None,
    typer.Option(
        metavar="ID",
        parser=id_of,
        help="Let this dispatch go on with the mended issue, for those who do not have it yet.",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask; --again asks all the same.")]
Expect = Annotated[
    int | None, typer.Option(metavar="N", help="Refuse unless it is exactly N copies.")
]

_APART = (
    ("--late", "--again", "--correct", "--test"),
    ("--at", "--queue", "--test"),
    ("--at", "--correct"),
    ("--segment", "--correct"),
    ("--segment", "--test"),
    *(("--rehearse", each) for each in ("--dry-run", "--test", "--at", "--queue", "--correct")),
)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What was asked for; `again` is the command that goes on with it later."""

    when: dt.datetime | None
    queue: bool
    dry_run: bool
    sure: bool
    json: bool
    again: str


def send(
    context: typer.Context,
    file: File,
    more: More = None,
    list_name: ListName = None,
    segment: Segment = "",
    test: Test = None,
    dry_run: DryRun = False,
    rehearse: Rehearse = False,
    at: At = None,
    queue: Queue = False,
    late: Late = False,
    again: Again = False,
    correct: Correct = None,
    yes: Yes = False,
    expect: Expect = None,
    json: Json = False,
) -> None:
    """Send an issue to every confirmed reader of a list, each once. The same command goes on
    where a stopped one left off."""
    from mailer.app import open_app
    from mailer.desk import offer
    from mailer.desk.composing import compose_file
    from mailer.desk.translating import together
    from mailer.model.finding import has_errors

    if more and not test:
        raise typer.BadParameter(f"{more[0]!r} is one word too many", param_hint="FILE")
    timed = {"--at": at, "--queue": queue, "--dry-run": dry_run, "--rehearse": rehearse}
    whom = {"--segment": segment, "--late": late, "--again": again, "--test": test}
    require_one_of({**timed, **whom, "--correct": correct}, *_APART)
    app = open_app(context.obj)
    when = None if at is None else _moment(app, at)
    composition = compose_file(app, file)
    goes_on = command("send", file, *_words(list_name, segment, late, again))
    if test:
        _send_tests(app, composition, [*test, *(more or [])], list_name, json)
        mended = "mend the errors, " if has_errors(composition.findings) else ""
        say(f"next: look at it, {mended}then {goes_on}")
        return
    composition = together(app, composition)
    # --again repeats what people have: only a number that somebody gave makes sure of it.
    sure = yes and not (again and expect is None)
    wish = _Wish(when, queue, dry_run, sure, json, goes_on)
    if correct is not None:
        _correct(app, composition, correct, expect, wish)
        return
    with counting("looking at readers") as (told,):
        made = offer.offer(app, composition, list_name, late, expect, told, again, segment)
    if rehearse:
        rehearsing.rehearse(app, composition, made, json)
        return
    _send(app, composition, made, wish)


def _words(list_name: str | None, segment: str, late: bool, again: bool) -> Iterator[str]:
    """Those that say to whom it goes, for the same command once more."""
    if list_name:
        yield from ("--list", list_name)
    if segment:
        yield from ("--segment", segment)
    yield from (name for name, given in (("--late", late), ("--again", again)) if given)


def _moment(app: App, at: str) -> dt.datetime:
    """When it is to begin, if somebody will be there; nobody is asked for a count before that."""
    from mailer.desk import scheduling
    from mailer.desk.moment import moment

    when = moment(at, app.timezone, app.now())
    scheduling.require_worker(app)
    return when


def _send(app: App, composition: Composition, made: Offer, wish: _Wish) -> None:
    from mailer.desk import offer
    from mailer.desk.offer import Move

    when = wish.when
    if wish.dry_run or made.move is Move.NOTHING:
        tell(app, made, when, wish.json)
        return
    if made.move in (Move.BEGIN, Move.START) and not wish.sure:
        again = made.order.repeats
        hint = "add --yes and --expect N" if again else "add --yes (and --expect N to be safe)"
        say(proof(made))
        ask(sentence(app, made, when), made.count, hint)
    if when is not None:
        _schedule(app, composition, made, when, wish)
    elif made.move is Move.GO_ON and made.began is not None:
        _go_on(app, made.began.id, wish)
    else:
        _go_on(app, offer.begin(app, composition, made), wish)


def _schedule(
    app: App, composition: Composition, made: Offer, when: dt.datetime, wish: _Wish
) -> None:
    from mailer.desk import dispatches, scheduling

    dispatch_id = scheduling.schedule_at(app, composition, made, when)
    report(app, dispatches.of(app, dispatch_id), wish.json)
    cancel = command("dispatch", "cancel", dispatch_id)
    say(f"next: {cancel} takes it back; {wish.again} sends it now")


def _go_on(app: App, dispatch_id: int, wish: _Wish) -> None:
    """Send what is left of it, here or by the workers."""
    from mailer.desk import dispatches, scheduling

    if wish.queue:
        scheduling.hand_over(app, dispatch_id)
        now = dispatches.of(app, dispatch_id)
        report(app, now, wish.json)
        say(f"next: {next_step(app, now, wish.again)}")
        return
    ended = carry_on(app, dispatch_id, wish.json)
    say(f"next: {next_step(app, ended.status, wish.again)}")
    raise typer.Exit(ended.exit_status)


def _correct(
    app: App, composition: Composition, dispatch_id: int, expect: int | None, wish: _Wish
) -> None:
    """Put the mended issue in the place of the one that is being sent."""
    from mailer.desk import correcting, dispatches

    with counting("looking at readers") as (told,):
        proposed = correcting.propose(app, composition, dispatch_id, expect, told)
    what = correction_sentence(proposed)
    if wish.dry_run:
        say(f"would {what}")
        if wish.json:
            emit(status_document(proposed.began) | {"copies": proposed.count})
        say("next: the same command without --dry-run")
        return
    if not wish.sure:
        ask(what, proposed.count)
    correcting.correct(app, composition, proposed)
    now = dispatches.of(app, dispatch_id)
    if now.started_at is not None:
        _go_on(app, dispatch_id, wish)
        return
    report(app, now, wish.json)
    say(f"next: {command('dispatch', 'status', dispatch_id)}")


def _send_tests(
    app: App, composition: Composition, addresses: list[str], list_name: str | None, json: bool
) -> None:
    """The findings are listed and stop nothing."""
    from mailer.cli.issue import finding_lines
    from mailer.desk import sending
    from mailer.model.outcome import Sent

    for line in finding_lines(composition):
        say(line)
    tried = sending.for_tests(app, composition)
    if tried is not composition:
        url = app.config.publication.url
        say(f"the pictures travel in this mail, since {url} does not show them (yet)")
    outcomes = sending.test_copies(app, tried, addresses, list_name)
    rows = [(to, type(o).__name__.lower(), str(getattr(o, "reply", ""))) for to, o in outcomes]
    for row in rows:
        say(": ".join(row))
    if json:
        emit([dict(zip(("address", "outcome", "reply"), row, strict=True)) for row in rows])
    if not all(isinstance(outcome, Sent) for _, outcome in outcomes):
        raise typer.Exit(1)
