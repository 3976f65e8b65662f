"""What anybody may read: the front page, the issues of the archive and their pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from mailer.composer.html.views import locale_of, long_date
from mailer.ledger import archive, editions
from mailer.ledger.archive import ArchivedIssue
from mailer.model.edition import short_hash
from mailer.web.errata import earlier_page_of, issue_url, language_links, page_of
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
            entries = [self._entry(issue) for issue in archive.listed(c)]
        return self.site.pages.respond("home", headers=_PUBLIC, entries=entries)

    def _entry(self, languages: Sequence[ArchivedIssue]) -> dict[str, Any]:
        """An issue in the list, under the title that its plain address shows."""
        tags = [each.lang for each in languages]
        issue = languages[tags.index(self._plain(tags))]
        others = [tag for tag in tags if tag != issue.lang]
        return {
            "issue": issue,
            "date": long_date(issue.date, locale_of(issue.lang)),
            "url": issue_url(self.site, issue.issue_id, issue.lang),
            "others": language_links(self.site, issue.issue_id, others),
        }

    def _plain(self, languages: Sequence[str]) -> str:
        """The language that an issue has where nobody asks for one: the publication's, or else
        that in which it was shown first."""
        return self.site.lang if self.site.lang in languages else languages[0]

    def issue(self, request: Request) -> Response:
        """The page as it was frozen with the edition, and what was corrected since; 404 for an
        issue that is not in the archive, or not in the language that `?lang=` names."""
        issue_id, lang = request.path_params["issue_id"], request.query_params.get("lang")
        with self.site.database.read() as c:
            languages = archive.languages(c, issue_id)
            lang = lang or (self._plain(languages) if languages else "")
            edition, errata = archive.shown(c, issue_id, lang), archive.notes(c, issue_id, lang)
            earlier = archive.earlier(c, issue_id)
        if edition is None:
            raise HTTPException(404)
        return self._page(page_of(self.site, edition, errata, earlier, languages))

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
