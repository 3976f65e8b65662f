"""What anybody may read: the front page with its search, the issues of the archive, their pictures,
and the same for machines."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from mailer.ledger import archive, editions
from mailer.model.edition import short_hash
from mailer.web import feed
from mailer.web.errata import earlier_page_of, head_of, page_of
from mailer.web.listing import entries_of, entry_of, plain
from mailer.web.search import MOST_CHARACTERS, Search
from mailer.web.security import content_policy
from mailer.web.site import Site
from mailer.web.subscribing import form_values
from mailer.web.visitor import Form
from mailer.web.words import Words

_PUBLIC = {
    "cache-control": "public, max-age=300",
    "referrer-policy": "strict-origin-when-cross-origin",
}
_SPOKEN = {**_PUBLIC, "vary": "accept-language"}
_FOR_EVER = "public, max-age=31536000, immutable"  # a picture's name is its content hash
_A_YEAR = dt.timedelta(days=365)
_PERSONAL = ("u", "p", "r", "c", "a", "m", "me")


@dataclass(frozen=True)
class Reading:
    site: Site
    search: Search = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "search", Search(self.site))

    def routes(self) -> list[Route]:
        return [
            Route("/", self.home, methods=["GET"]),
            Route("/issues/{issue_id}", self.issue, methods=["GET"]),
            Route("/issues/{issue_id}/versions/{version}", self.earlier, methods=["GET"]),
            Route("/pictures/{name}", self.picture, methods=["GET"]),
            Route("/feed.xml", self.feed, methods=["GET"]),
            Route("/sitemap.xml", self.sitemap, methods=["GET"]),
            Route("/robots.txt", self.robots, methods=["GET"]),
            Route("/.well-known/security.txt", self.security, methods=["GET"]),
            Route("/favicon.ico", self.icon, methods=["GET"]),
            Route("/healthz", self.health, methods=["GET"]),
            Route("/probe/{token}", self.probe, methods=["GET"]),
        ]

    def home(self, request: Request) -> Response:
        words = self.site.words(request)
        sought = " ".join(request.query_params.get("q", "")[:MOST_CHARACTERS].split())
        return HTMLResponse(self.front_page(words, sought), headers=_SPOKEN)

    def front_page(self, words: Words, sought: str = "", alive: bool = True) -> str:
        """The issues, or those that have the words that are `sought`. `alive`: somebody is there
        who searches and takes sign-ups."""
        site = self.site
        entries = self.search.entries(sought) if sought else entries_of(site)
        return site.pages.render(
            "home",
            words,
            entries=entries,
            sought=sought,
            searchable=alive,
            sign_up=alive,
            tagline=site.face.tagline,
            how_often=site.forms.how_often,
            canonical=f"{site.url}/",
            subscribe_url=f"{site.url}/subscribe",
            structured=feed.of_publication(site),
            **form_values(site, Form()),
        )

    def issue(self, request: Request) -> Response:
        """The page as it was frozen with the edition, and what was corrected since; 404 for an
        issue that is not in the archive, or not in the language that `?lang=` names."""
        lang = request.query_params.get("lang", "")
        page = self.issue_page(request.path_params["issue_id"], lang)
        if page is None:
            raise HTTPException(404)
        return self._page(page)

    def issue_page(self, issue_id: str, lang: str) -> str | None:
        """In the language of its plain address where none is named."""
        with self.site.database.read() as c:
            listed = archive.of_issue(c, issue_id)
            languages = [each.lang for each in listed]
            lang = lang or (plain(self.site, languages) if languages else "")
            edition, errata = archive.shown(c, issue_id, lang), archive.notes(c, issue_id, lang)
            earlier = archive.earlier(c, issue_id)
        if edition is None:
            return None
        page = page_of(self.site, edition, errata, earlier, languages)
        own = next(each for each in listed if each.lang == lang)
        structured = feed.of_issue(self.site, edition, own)
        return head_of(page, self.site, issue_id, languages, structured)

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

    def feed(self, _: Request) -> Response:
        return Response(self.feed_document(), headers=_PUBLIC, media_type=feed.ATOM_TYPE)

    def feed_document(self) -> bytes:
        authority = self.site.store.list(self.site.face.list).list_id
        with self.site.database.read() as c:
            newest = [entry_of(self.site, each) for each in archive.listed(c)[: feed.NEWEST]]
            said = [(entry, editions.load(c, entry.issue.edition_id)) for entry in newest]
        return feed.atom(self.site, authority, said)

    def sitemap(self, _: Request) -> Response:
        return Response(self.sitemap_document(), headers=_PUBLIC, media_type=feed.XML_TYPE)

    def sitemap_document(self) -> bytes:
        return feed.sitemap(self.site, entries_of(self.site))

    def robots(self, _: Request) -> Response:
        return PlainTextResponse(self.robots_text())

    def robots_text(self) -> str:
        """RFC 9309: personal links are nobody's to crawl."""
        private = "".join(f"Disallow: {self.site.prefix}/{each}/\n" for each in _PERSONAL)
        return f"User-agent: *\n{private}\nSitemap: {self.site.url}/sitemap.xml\n"

    def security(self, _: Request) -> Response:
        """Whom to tell of a hole (RFC 9116); it has to say until when that holds."""
        expires = self.site.now().replace(hour=0, minute=0, second=0, microsecond=0) + _A_YEAR
        lines = (
            f"Contact: {self.site.pages.contact_url}",
            f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
            f"Preferred-Languages: {self.site.lang}",
            f"Canonical: {self.site.url}/.well-known/security.txt",
        )
        return PlainTextResponse("\n".join(lines) + "\n", headers=_PUBLIC)

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
