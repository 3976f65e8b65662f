"""What a request says of itself: the form that it posts, and who posts it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from starlette.datastructures import ImmutableMultiDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

from mailer.web.problem import sends_json

MAX_BODY = 64 * 1024  # octets
BODY_SECONDS = 10.0
_USER_AGENT_SHOWN = 300  # characters that the consent log keeps
_CLOSE = {"connection": "close"}  # the rest of the body is not wanted

Form = ImmutableMultiDict[str, str]


@dataclass(frozen=True, slots=True)
class Visitor:
    """For the consent log. Nothing of it is trusted."""

    ip: str | None
    user_agent: str | None


def visitor_of(request: Request) -> Visitor:
    stated = request.headers.get("user-agent", "")
    printable = "".join(c for c in stated[:_USER_AGENT_SHOWN] if c.isprintable())
    return Visitor(request.client.host if request.client else None, printable or None)


async def read_form(request: Request, seconds: float = BODY_SECONDS) -> Form:
    """The text fields of a form, urlencoded or multipart; none of any other body.

    Raises HTTPException: 400 for a malformed body, 408 for one that is slower than `seconds`,
    413 for one beyond MAX_BODY.
    """
    body = await read_body(request, MAX_BODY, seconds)
    async with Request(request.scope, _replayed(body)).form() as form:
        return Form([(name, text) for name, text in form.multi_items() if isinstance(text, str)])


async def read_fields(request: Request) -> Form:
    """The text fields of a form, or of a JSON object, where one may also be an array of texts.
    Raises HTTPException as `read_form` does."""
    if not sends_json(request):
        return await read_form(request)
    body = await read_body(request, MAX_BODY)
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        raise HTTPException(400, "the body is no JSON") from error
    if not isinstance(document, dict):
        raise HTTPException(400, "the body is no JSON object")
    every = [(name, text) for name, value in document.items() for text in _each(value)]
    return Form([(name, text) for name, text in every if isinstance(text, str)])


def _each(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


async def read_body(request: Request, largest: int, seconds: float = BODY_SECONDS) -> bytes:
    """At most so many octets. Raises HTTPException: 408 where it takes longer, 413 for more."""
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > largest:
                    raise HTTPException(413, headers=_CLOSE)
    except TimeoutError as error:
        raise HTTPException(408, headers=_CLOSE) from error
    return bytes(body)


def _replayed(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
