"""`mailer subscriber import`, `invite`: moving in with readers from somewhere else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.cli.output import Json, answer, emit, say, show
from mailer.cli.progress import counting
from mailer.model.command import command
from mailer.model.counted import number

if TYPE_CHECKING:
    from mailer.desk.moving_in import MovedIn
    from mailer.records import Records
    from subscribers.importing.reading import Wishes
    from subscribers.importing.report import ImportReport, Recognised, Sample

Source = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="What another program exported (its zip too), a table (CSV, XLSX, JSON lines) or "
        "a list of addresses.",
    ),
]
ListName = Annotated[
    str, typer.Option("--list", "-l", metavar="NAME", help="Default: the publication's list.")
]
Form = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="NAME",
        help="auto (by the header), mailchimp, substack, ghost, buttondown, listmonk, beehiiv, "
        "mailman, list, csv, mailer (our own export).",
    ),
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="COLUMN=MEANING",
        help="What a column means: email, status, tags, language, consent, joined, "
        "confirmed_at, confirmed_ip, signed_up_at, signed_up_ip, left_at, left_because, listed_at, "
        "attributes (JSON), - (leave it behind) or the name of an attribute.",
    ),
]
Confirmed = Annotated[
    str | None,
    typer.Option(metavar="EVIDENCE", help="Where the consent of all of them comes from."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Write nothing.")]
Errors = Annotated[
    Path | None,
    typer.Option("--errors", metavar="FILE", help="Where the bad rows go, with the reason."),
]

_NAMED = 5  # files, or rows, that a line names
_FEW = 200  # people to be asked at first


def import_(
    context: typer.Context,
    file: Source,
    list_name: ListName = "",
    source: Form = "auto",
    mapping: Columns = None,
    confirmed: Confirmed = None,
    dry_run: DryRun = False,
    errors: Errors = None,
    json: Json = False,
) -> None:
    """Bring people onto a list. It mails nobody, and nobody who left comes back."""
    from mailer.desk.moving_in import move_in
    from mailer.records import open_records
    from subscribers.importing.importer import Watch

    wishes = _wishes(source, mapping or [], confirmed)
    app = open_records(context.obj)
    target = list_name or app.config.publication.list
    with counting("rows read", "people looked at" if dry_run else "people stored") as told:
        done = move_in(app, file, target, wishes, errors, dry_run, Watch(*told))
    report = done.report
    if json:
        emit(_document(report, app))
    else:
        _print(report, file, dry_run, app)
    options = _options(list_name, source, mapping or [], confirmed)
    say(f"next: {_next(done, file, target, options, dry_run)}")
    if report.bad:
        raise typer.Exit(1)


def invite(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many are asked now, at most.")],
    list_name: ListName = "",
    json: Json = False,
) -> None:
    """Ask people whose consent is missing to confirm. Nobody is asked twice in a month."""
    from mailer.desk import inviting
    from mailer.records import open_records

    app = open_records(context.obj)
    target = list_name or app.config.publication.list
    asked, waiting = inviting.invite(app, target, limit)
    people = number(asked, "person is", "people are")
    line = f"{people} asked to confirm; {waiting:,} more can be"
    answer(json, {"list": target, "asked": asked, "waiting": waiting}, line)
    web, worker = command("web"), command("worker")
    say(f"next: {web} or {worker} mails the questions, and the web pages take answers")


def _wishes(source: str, pairs: list[str], confirmed: str | None) -> Wishes:
    from subscribers.importing import formats
    from subscribers.importing.reading import Wishes

    if source not in formats.NAMES:
        raise typer.BadParameter(f"write one of {', '.join(formats.NAMES)}", param_hint="--format")
    mapping = {}
    for pair in pairs:
        heading, separator, meaning = pair.rpartition("=")
        if not separator or not heading.strip() or not meaning.strip():
            raise typer.BadParameter(f"{pair!r}: write COLUMN=MEANING", param_hint="--map")
        mapping[formats.folded(heading)] = meaning.strip()
    return Wishes(source, mapping, confirmed)


def _options(
    list_name: str, source: str, pairs: Sequence[str], confirmed: str | None
) -> tuple[str, ...]:
    """As they were given, for a command that goes on with the same ones."""
    named = (("--list", list_name), ("--format", "" if source == "auto" else source))
    given = [word for option, value in named if value for word in (option, value)]
    given += [word for pair in pairs for word in ("--map", pair)]
    return (*given, *(() if confirmed is None else ("--confirmed", confirmed)))


def _next(done: MovedIn, file: Path, target: str, options: Sequence[str], dry_run: bool) -> str:
    bad = number(done.report.bad, "row")
    if dry_run:
        mend = f"mend {bad} in {file}, or go without; " if done.report.bad else ""
        return f"{mend}the same without --dry-run brings them onto {target}"
    if done.report.bad:
        files = done.rejected or (file,)
        again = ", ".join(command("subscriber", "import", each, *options) for each in files)
        return f"mend {bad} in {', '.join(map(str, files))}, then {again}"
    if _is_silent(done.report):
        return _how_to_be_heard(target, options)
    return command("list", "show", target)


def _is_silent(report: ImportReport) -> bool:
    """Whether nobody of those who arrived would be mailed, and some could be asked."""
    from subscribers.importing.report import Stand

    return bool(report.stands[Stand.PENDING]) and not report.stands[Stand.CONFIRMED]


def _how_to_be_heard(target: str, options: Sequence[str]) -> str:
    invite = command("subscriber", "invite", "--limit", _FEW, "--list", target)
    if "--confirmed" in options:
        return f"{invite} asks those who are pending"
    return (
        f"{invite} asks them; or, where you can prove their consent, the same import with "
        '--confirmed "where it comes from"'
    )


def _document(report: ImportReport, app: Records) -> dict[str, Any]:
    names = ("read", "added", "updated", "unchanged", "skipped", "bad", "never", "repeated")
    return {
        **{name: getattr(report, name) for name in names},
        "stands": {stand.value: count for stand, count in report.stands.items()},
        "errors": [_error(error.row, error.message, error.file) for error in report.errors],
        "recognised": [
            {
                "file": table.file,
                "source": table.title,
                "kind": table.kind,
                "attributes": list(table.attributes),
                "left_behind": list(table.behind),
            }
            for table in report.recognised
        ],
        "passed_over": list(report.passed_over),
        "samples": [
            {
                "email": sample.email,
                "stand": sample.stand.value,
                "attributes": dict(sample.attributes),
                "tags": list(sample.tags),
            }
            for sample in report.samples
        ],
        "typos": [
            {"domain": domain, "addresses": count, "meant": meant}
            for domain, count, meant in _typos(report)
        ],
        "warm_up": list(_warm_up(report, app)),
    }


def _error(row: int, message: str, file: str) -> dict[str, Any]:
    return {"row": row, "message": message} | ({"file": file} if file else {})


def _typos(report: ImportReport) -> list[tuple[str, int, str]]:
    from subscribers.importing.hints import meant

    return [(domain, count, meant(domain)) for domain, count in report.typos.items()]


def _warm_up(report: ImportReport, app: Records) -> tuple[int, ...]:
    """Empty where no relay needs one: it knows us, is on this machine or gets few copies."""
    from mailer.sender.throttle.warm_up import proposal
    from subscribers.importing.report import Stand

    relays = app.config.smtp.all_relays
    if not app.mails_strangers or any(relay.warm_up for relay in relays):
        return ()
    return proposal(report.stands.get(Stand.CONFIRMED, 0))


def _print(report: ImportReport, file: Path, dry_run: bool, app: Records) -> None:
    for problem in _problems(report):
        say(f"{file}: {problem}")
    if report.bad > len(report.errors):
        say(f"{file}: and {number(report.bad - len(report.errors), 'bad row')} more: --errors FILE")
    for table in report.recognised:
        show(_recognised(table, file))
    if report.passed_over:
        say(f"{file}: passed over, since no list of readers: {_first(report.passed_over)}")
    if dry_run:
        for sample in report.samples:
            show(f"  {_sample(sample)}")
    counts = ", ".join(
        f"{getattr(report, name):,} {name}" for name in ("added", "updated", "unchanged", "skipped")
    )
    tense = "would be " if dry_run else ""
    show(f"{number(report.read, 'row')} read: {tense}{counts}, {report.bad:,} with errors")
    show(_balance(report))
    for domain, count, meant in _typos(report):
        show(f"{number(count, 'address', 'addresses')} at {domain}: is {meant} meant?")
    if plan := _warm_up(report, app):
        _print_warm_up(plan, app)


def _problems(report: ImportReport) -> Iterator[str]:
    """What is wrong with many rows is said once."""
    rows: dict[tuple[str, str], list[str]] = {}
    for error in report.errors:
        rows.setdefault((error.file, error.message), []).append(f"{error.row:,}")
    for (place, message), those in rows.items():
        where = f"{place}: " if place else ""
        yield f"{where}{'row' if len(those) == 1 else 'rows'} {_first(those)}: {message}"


def _recognised(table: Recognised, file: Path) -> str:
    source = f"{table.title}: {table.kind}" if table.title else table.kind
    kept = f"; attributes {', '.join(table.attributes)}" if table.attributes else ""
    behind = f"; left behind {', '.join(table.behind)}" if table.behind else ""
    return f"{table.file or file}: {source}{kept}{behind}"


def _first(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _sample(sample: Sample) -> str:
    words = [f"{name} {value!r}" for name, value in sorted(sample.attributes.items())]
    words += [f"tag {tag!r}" for tag in sample.tags]
    return f"{sample.email}: {', '.join([sample.stand.value, *words])}"


def _balance(report: ImportReport) -> str:
    stands = " + ".join(f"{count:,} {stand.value}" for stand, count in report.stands.items())
    why = f" ({report.never:,} never subscribed, {report.repeated:,} repeated)"
    skipped = f"{report.left_out:,} skipped" + (why if report.left_out else "")
    return f"{number(report.read, 'row')} = {stands} + {skipped} + {report.bad:,} bad"


def _print_warm_up(plan: tuple[int, ...], app: Records) -> None:
    days = ", ".join(f"{copies:,}" for copies in plan)
    today = app.now().astimezone(app.timezone).date()
    show(f"a relay that does not know you yet wants to be warmed up: {days} copies a day, then all")
    show(f"  below [smtp] in mailer.toml: warm_up = {list(plan)} and warm_up_start = {today}")
