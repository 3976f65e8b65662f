"""Webhooks: what mail providers report about our copies. Each proves who it is before it is read:
SNS by Amazon's signature, Postmark by a password."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from mailer.app import App
from mailer.desk import returns
from mailer.desk.returns import Post, Via
from mailer.errors import FetchError
from mailer.feedback.parsing.parse import Returned
from mailer.feedback.providers import postmark, ses, sns
from mailer.feedback.providers.fields import Fields, document
from mailer.feedback.providers.sns import Envelope, NotSigned
from mailer.web.visitor import read_body

_LARGEST = 300_000  # octets; a message of SNS has at most 256 KiB
_CERTIFICATES = 8  # that are kept
_ASK = {"www-authenticate": 'Basic realm="bounces", charset="UTF-8"'}

Fetch = Callable[[str], bytes]


@dataclass(frozen=True)
class Reporting:
    """`fetch` gets Amazon's certificates, and confirms subscriptions. Raises FetchError."""

    app: App
    fetch: Fetch

    def routes(self) -> list[Route]:
        return [
            Route("/hooks/ses", self.ses, methods=["POST"]),
            Route("/hooks/postmark", self.postmark, methods=["POST"]),
        ]

    async def ses(self, request: Request) -> Response:
        """SES by way of SNS: notifications, and once the confirmation of the subscription."""
        body = await read_body(request, _LARGEST)
        try:
            envelope = sns.opened(body)
        except ValueError as error:
            raise HTTPException(400) from error
        if envelope.topic not in self.app.config.bounces.ses_topics:
            raise HTTPException(404)
        try:
            await run_in_threadpool(self._noticed, envelope)
        except NotSigned as error:
            raise HTTPException(403) from error
        except FetchError as error:  # SNS tries again
            raise HTTPException(503) from error
        except ValueError as error:
            raise HTTPException(400) from error
        return _done()

    async def postmark(self, request: Request) -> Response:
        password = self.app.config.bounces.postmark_password
        if password is None:
            raise HTTPException(404)
        if not _knows(request, password.get_secret_value()):
            raise HTTPException(401, headers=_ASK)
        body = await read_body(request, _LARGEST)
        try:
            event = document(body)
        except ValueError as error:
            raise HTTPException(400) from error
        found = postmark.returned(event, self.app.marks)
        await run_in_threadpool(self._take, found, Via.POSTMARK)
        return _done()

    def _noticed(self, envelope: Envelope) -> None:
        sns.verify(envelope, self._certificate(envelope.certificate_url), self.app.now())
        if envelope.kind == sns.CONFIRMATION:
            self.fetch(envelope.confirm_url)
        else:
            event: Fields = envelope.message
            self._take(ses.returned(event, self.app.marks), Via.SES)

    def _take(self, found: Returned, via: Via) -> None:
        returns.take_reports(self.app, found, Post(b"", via, vouched=True))

    @cached_property
    def _certificate(self) -> Fetch:
        """A certificate by its address, which names it for good."""
        return lru_cache(maxsize=_CERTIFICATES)(self.fetch)


def _knows(request: Request, password: str) -> bool:
    """Whether the request has the password (RFC 7617); whoever the user is."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True).partition(b":")[2]
    except (ValueError, binascii.Error):
        given = b""
    return scheme.lower() == "basic" and hmac.compare_digest(given, password.encode())


def _done() -> Response:
    return PlainTextResponse("taken in\n")
