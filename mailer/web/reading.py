"""What anybody may read: the front page, the issues of the archive and their pictures."""

from __future__ import annotations

from dataclasses import dataclass

from babel.dates import format_date
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from mailer.ledger import archive, editions
from mailer.ledger.archive import ArchivedIssue
from mailer.model.edition import short_hash
from mailer.web.errata import earlier_page_of, page_of
from mailer.web.security import content_policy
from mailer.web.site import Site

_PUBLIC = {
    "cache-control": "public, max-age=300",
    "referrer-policy": "strict-origin-when-cross-origin",
}
_FOR_EVER = "public, max-age=31536000, immutable"  # a picture's name is its content hash


@dataclass(frozen=True)
class Reading:
    site: Site

    def routes(self) -> list[Route]:
        return [
            Route("/", self.home, methods=["GET"]),
            Route("/issues/{issue_id}", self.issue, methods=["GET"]),
            Route("/issues/{issue_id}/versions/{version}", self.earlier, methods=["GET"]),
            Route("/pictures/{name}", self.picture, methods=["GET"]),
            Route("/robots.txt", self.robots, methods=["GET"]),
            Route("/favicon.ico", self.icon, methods=["GET"]),
            Route("/healthz", self.health, methods=["GET"]),
            Route("/probe/{token}", self.probe, methods=["GET"]),
        ]

    def home(self, _: Request) -> Response:
        with self.site.database.read() as c:
            issues = archive.listed(c)
        entries = [
            {"issue": issue, "date": _date(issue), "url": self._issue_url(issue)}
            for issue in issues
        ]
        return self.site.pages.respond("home", headers=_PUBLIC, entries=entries)

    def issue(self, request: Request) -> Response:
        """The page as it was frozen with the edition, and what was corrected since; 404 for an
        issue that is not in the archive."""
        issue_id = request.path_params["issue_id"]
        with self.site.database.read() as c:
            edition, errata = archive.shown(c, issue_id), archive.notes(c, issue_id)
            earlier = archive.earlier(c, issue_id)
        if edition is None:
            raise HTTPException(404)
        return self._page(page_of(self.site, edition, errata, earlier))

    def earlier(self, request: Request) -> Response:
        """A version that was mended while it was being sent: some readers have it. 404 for any
        other."""
        issue_id, version = (request.path_params[name] for name in ("issue_id", "version"))
        with self.site.database.read() as c:
            found = [e for e in archive.earlier(c, issue_id) if short_hash(e.version) == version]
            edition = editions.of_version(c, found[0].version) if found else None
        if edition is None:
            raise HTTPException(404)
        return self._page(earlier_page_of(self.site, edition, found[0].until))

    def _page(self, page: str) -> Response:
        images = f"'self' {self.site.origin} https: data:"
        policy = content_policy("'unsafe-inline'", images)  # the page carries its own styles
        return HTMLResponse(page, headers={**_PUBLIC, "content-security-policy": policy})

    def picture(self, request: Request) -> Response:
        with self.site.database.read() as c:
            found = editions.picture(c, request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        headers = {"etag": f'"{found.name}"', "cache-control": _FOR_EVER}
        if headers["etag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(found.content, headers=headers, media_type=found.media_type)

    def robots(self, _: Request) -> Response:
        """RFC 9309: personal links are nobody's to crawl."""
        private = "".join(f"Disallow: {self.site.prefix}/{each}/\n" for each in ("u", "p", "r"))
        return PlainTextResponse(f"User-agent: *\n{private}")

    def icon(self, _: Request) -> Response:
        """There is none, which is no error: every browser asks for it, on every issue's page."""
        return Response(status_code=204, headers={"cache-control": "public, max-age=86400"})

    def health(self, _: Request) -> Response:
        """200 while the database answers, else 503."""
        self.site.store.lists()
        return PlainTextResponse("ok\n")

    def probe(self, request: Request) -> Response:
        """The answer that only these pages can give: a sender asks for it at the public URL."""
        return PlainTextResponse(self.site.links.answer(request.path_params["token"]))

    def _issue_url(self, issue: ArchivedIssue) -> str:
        return f"{self.site.prefix}/issues/{issue.issue_id}"


def _date(issue: ArchivedIssue) -> str:
    return format_date(issue.date, "long", locale="en") if issue.date else ""
