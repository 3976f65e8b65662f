from __future__ import annotations

import asyncio

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from mailer.web.visitor import read_form, visitor_of


def _request(*messages: Message, **scope: object) -> Request:
    """A POST whose sender goes silent after these messages."""
    left = list(messages)

    async def receive() -> Message:
        if not left:
            await asyncio.sleep(60)
        return left.pop(0)

    return Request({"type": "http", "method": "POST", "headers": [], **scope}, receive)


def test_a_slow_body_is_given_up() -> None:
    """408, and the connection with it: the rest of the body may come at any time."""
    begun = {"type": "http.request", "body": b"a=", "more_body": True}

    with pytest.raises(HTTPException) as caught:
        asyncio.run(read_form(_request(begun), seconds=0.05))

    assert caught.value.status_code == 408
    assert caught.value.headers == {"connection": "close"}


def test_a_form_has_its_text_fields_alone() -> None:
    """Files are dropped, repeated names are kept."""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="list"\r\n\r\na\r\n'
        b'--x\r\nContent-Disposition: form-data; name="list"\r\n\r\nb\r\n'
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nfile\r\n--x--\r\n'
    )
    headers = [(b"content-type", b"multipart/form-data; boundary=x")]
    request = _request({"type": "http.request", "body": body}, headers=headers)

    form = asyncio.run(read_form(request))

    assert form.multi_items() == [("list", "a"), ("list", "b")]


def test_a_visitor_may_be_nobody() -> None:
    """Neither an address nor a user agent is needed."""
    visitor = visitor_of(_request())

    assert (visitor.ip, visitor.user_agent) == (None, None)
