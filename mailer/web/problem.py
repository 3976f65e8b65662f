"""What is wrong, for a program that asked for JSON or sent it: problem details (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse

from mailer.web.words import Words

JSON = "application/json"
MEDIA_TYPE = "application/problem+json"
_ASKED = frozenset({JSON, MEDIA_TYPE})
# A sign-up may stand on other pages; what is wrong with it tells nobody anything.
ANYWHERE = {"access-control-allow-origin": "*", "access-control-allow-headers": "content-type"}
_SPOKEN = (400, 403, 404, 405, 408, 413, 429, 500, 503)  # the pages have words for these


def sends_json(request: Request) -> bool:
    return _media_type(request.headers.get("content-type", "")) == JSON


def wants_json(request: Request) -> bool:
    """Whether JSON was sent, or is asked for and HTML is not."""
    asked = {_media_type(each) for each in request.headers.get("accept", "").split(",")}
    return sends_json(request) or ("text/html" not in asked and not asked.isdisjoint(_ASKED))


def fault_of(status: int) -> int:
    """The status whose words in the pages tell best of this one."""
    return status if status in _SPOKEN else _SPOKEN[0]


def problem(
    words: Words, status: int, detail: str = "", headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """`detail` says what to mend; by default, what the pages advise."""
    fault = fault_of(status)
    document = {
        "type": "about:blank",
        "title": words.say(f"fault_{fault}"),
        "status": status,
        "detail": detail or words.say(f"advice_{fault}"),
    }
    return JSONResponse(document, status, {**ANYWHERE, **(headers or {})}, MEDIA_TYPE)


def detail_of(status: int, detail: str) -> str:
    """What an HTTPException says besides its status; nothing where it is but the phrase of that."""
    return "" if detail == HTTPStatus(status).phrase else detail


def _media_type(text: str) -> str:
    return text.partition(";")[0].strip().lower()
