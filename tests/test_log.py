from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Iterator

import pytest

from mailer.log import Form, Log

NOON = dt.datetime(2026, 12, 1, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root of the standard library's logging, put back afterwards."""
    found = logging.getLogger()
    handlers, level = list(found.handlers), found.level
    yield found
    found.handlers[:] = handlers
    found.setLevel(level)


def log(form: Form) -> Log:
    return Log(form, lambda: NOON)


def test_text_names_what_a_line_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    log(Form.TEXT).about(dispatch=3).about(delivery=17)("deferred: 451", code=451)
    assert capsys.readouterr().err == "dispatch 3: delivery 17: deferred: 451\n"


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Also of a line with a break in it."""
    log(Form.JSON).about(dispatch=3)("deferred:\n451 später", code=451)
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line) == {
        "at": "2026-12-01T12:00:00.000+00:00",
        "dispatch": 3,
        "code": 451,
        "message": "deferred:\n451 später",
    }


@pytest.mark.parametrize("form", list(Form))
def test_no_address_gets_into_a_log(form: Form, capsys: pytest.CaptureFixture[str]) -> None:
    log(form)("550 5.1.1 <anne@example.org>: no such user, ask (bob@example.net)")
    said = capsys.readouterr().err
    assert "@" not in said
    assert "550 5.1.1 <(address)>: no such user" in said


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://mailer:***@db.example.org:5432/news",
        "postgresql+psycopg://mailer@db.example.org/news",
    ],
)
def test_a_login_in_a_url_is_no_address(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The line says where it is that nobody answers."""
    log(Form.TEXT)(f"{url}: nobody answers there, says anne@example.org")
    assert capsys.readouterr().err == f"{url}: nobody answers there, says (address)\n"


def test_an_address_within_a_url_is_taken_out(capsys: pytest.CaptureFixture[str]) -> None:
    """As servers name it where they say why they refuse somebody."""
    log(Form.TEXT)("550 see https://relay.example.net/why?to=anne@example.org")
    assert capsys.readouterr().err == "550 see https:(address)\n"


def test_what_libraries_log_is_taken_in(
    root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its traceback, without addresses, and in the same form."""
    log(Form.JSON).take_in_others()
    try:
        raise ValueError("anne@example.org is not expected here")
    except ValueError:
        root.getChild("uvicorn.error").exception("Exception in ASGI application")
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert (told["logger"], told["level"]) == ("uvicorn.error", "error")
    assert "Traceback" in told["message"]
    assert "ValueError: (address) is not expected here" in told["message"]
