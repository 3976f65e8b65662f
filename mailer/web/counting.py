"""Links that are counted, /l/DISPATCH/NUMBER, and a picture that nobody sees, /o/DISPATCH.gif.

They lead on, whether it is counted any more or not: mails live for years.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import sqlalchemy as sa
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mailer.ledger import counting
from mailer.ledger.counting import OPEN
from mailer.web.scanners import is_robot
from mailer.web.site import Site

# One transparent pixel (GIF89a).
_PIXEL: Final = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)


@dataclass(frozen=True)
class Counting:
    site: Site

    def routes(self) -> list[Route]:
        return [
            Route("/l/{dispatch:int}/{number:int}", self.follow, methods=["GET"]),
            Route("/o/{dispatch:int}.gif", self.open, methods=["GET"]),
        ]

    def follow(self, request: Request) -> Response:
        """To the link that is kept under this number, and to no other address."""
        dispatch_id, number = (request.path_params[name] for name in ("dispatch", "number"))
        with self.site.database.read() as c:
            url = counting.url_of(c, dispatch_id, number)
        if url is None:
            raise HTTPException(404)
        if self.site.counting.clicks:
            self._count(request, dispatch_id, number)
        return RedirectResponse(url, 302)

    def open(self, request: Request) -> Response:
        if self.site.counting.opens:
            self._count(request, request.path_params["dispatch"], OPEN)
        return Response(_PIXEL, media_type="image/gif")

    def _count(self, request: Request, dispatch_id: int, number: int) -> None:
        robot = is_robot(request.method, request.headers)
        add = partial(_add, dispatch_id=dispatch_id, number=number, robot=robot)
        self.site.clerk.later(add)


def _add(c: sa.Connection, dispatch_id: int, number: int, robot: bool) -> None:
    """A dispatch that was never made is not counted."""
    if counting.is_dispatch(c, dispatch_id):
        counting.add(c, dispatch_id, number, robot)
