"""`/metrics` and `/healthz` for whoever watches over the machines, on a socket of their own: what a
reverse proxy shows to everybody cannot show these by mistake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from mailer.errors import MailerError


def create(registry: CollectorRegistry, require_health: Callable[[], None]) -> Starlette:
    """`require_health` raises MailerError where something is wrong."""
    pages = _Monitoring(registry, require_health)
    return Starlette(
        routes=[
            Route("/metrics", pages.metrics, methods=["GET"]),
            Route("/healthz", pages.health, methods=["GET"]),
        ]
    )


@dataclass(frozen=True)
class _Monitoring:
    registry: CollectorRegistry
    require_health: Callable[[], None]

    def metrics(self, request: Request) -> Response:
        """In the form that is asked for: Prometheus's, or OpenMetrics."""
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(self.registry), headers={"content-type": media_type})

    def health(self, _: Request) -> Response:
        try:
            self.require_health()
        except MailerError as error:
            return PlainTextResponse(f"{error}\n", status_code=503)
        return PlainTextResponse("ok\n")
