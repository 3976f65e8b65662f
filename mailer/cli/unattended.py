"""What programs that nobody watches are told: how they log, and where they are watched over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mailer.log import Log
    from mailer.web.serving import Place

_LOOPBACK = "127.0.0.1"
_HIGHEST = 65_535
_FORMS = ("text", "json")


def _form(text: str) -> str:
    if text not in _FORMS:
        raise typer.BadParameter(f"is neither {_FORMS[0]} nor {_FORMS[1]}: {text!r}")
    return text


def _place(text: str | None) -> str | None:
    if text is not None:
        place_of(text)
    return text


LogFormat = Annotated[
    str,
    typer.Option(
        "--log-format",
        metavar="FORM",
        envvar="MAILER_LOG_FORMAT",
        callback=_form,
        help="`text`, or `json`: an object a line.",
    ),
]
Metrics = Annotated[
    str | None,
    typer.Option(
        metavar="[HOST:]PORT",
        envvar="MAILER_METRICS",
        callback=_place,
        help="Serve /metrics (Prometheus) and /healthz there; without HOST for this machine alone.",
    ),
]


def place_of(text: str) -> Place:
    """Raises typer.BadParameter."""
    from mailer.web.serving import Place

    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > _HIGHEST:
        raise typer.BadParameter(f"is no port such as 9100, nor host and port: {text!r}")
    return Place(host.strip("[]") or _LOOPBACK, int(port))


def log_of(form: str) -> Log:
    """What libraries log goes there too."""
    from mailer.log import Form, Log
    from mailer.premises import utc_now

    log = Log(Form(form), utc_now)
    log.take_in_others()
    return log
