"""Before a dispatch: whether what its readers will click and see answers at the public URL."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from itertools import chain
from urllib.parse import urlsplit

from mailer.app import App
from mailer.errors import FetchError, Unreachable
from mailer.fetch import Fetched, Fetcher
from mailer.ledger import editions
from mailer.model.edition import Edition, PictureFile

_MOMENT = 3.0  # seconds for each answer, while an editor waits
_MEND = "or set [send] probe = false in mailer.toml"
OFF = (
    "warning: [send] probe is off: nobody has looked whether the links and pictures of this issue "
    "answer"
)


def before_sending(app: App, edition: Edition, pictures: Iterable[PictureFile]) -> None:
    """Where copies leave this machine, and nobody switched it off: see that all is there. The
    edition is stored for it, since `mailer web` serves the pictures of those that are."""
    if not (app.mails_strangers and app.config.send.probe):
        return
    with app.database.write() as c:
        editions.store(c, edition, pictures, app.now())
    require_reachable(app, edition)


def require_reachable(app: App, edition: Edition, fetcher: Fetcher | None = None) -> None:
    """Raises Unreachable with every fault, one a line: our own pages, the unsubscribe page, and
    each picture. Its own pictures must be stored by now, since `mailer web` serves those."""
    asking = fetcher or fetcher_of(app)
    base = app.config.publication.url
    ours = list(_pages(app, asking))
    asked = [url for url in pictures_of(edition) if not (ours and url.startswith(base))]
    faults = [*ours, *_pictures(asked, asking)]
    if faults:
        raise Unreachable("\n".join(faults))


def shows_pictures(app: App, edition: Edition, fetcher: Fetcher | None = None) -> bool:
    """Whether our own pages answer and have what the edition links of their pictures. Nobody is
    asked where there is none; who does not answer in a moment does not."""
    base = f"{app.config.publication.url}/"
    own = [url for url in pictures_of(edition) if url.startswith(base)]
    asking = dataclasses.replace(fetcher or fetcher_of(app), seconds=_MOMENT)
    faults = chain(_pages(app, asking), _pictures(own, asking))
    return not own or next(faults, None) is None


def fetcher_of(app: App) -> Fetcher:
    """One that may also ask the publication's own port."""
    port = urlsplit(app.config.publication.url).port
    return dataclasses.replace(app.fetcher, ports=frozenset({port} if port else ()))


def _pages(app: App, fetcher: Fetcher) -> Iterator[str]:
    """The first fault of our own pages: the next would only follow from it."""
    base, links = app.config.publication.url, app.links
    subject = app.new_token()  # of no subscription: its links work and change nothing
    probe, unsubscribe = links.probe(subject), links.unsubscribe(subject)
    start = f"let `mailer web` run and {urlsplit(base).hostname} lead to it, {_MEND}"
    answer, page = _got(fetcher, probe), _got(fetcher, unsubscribe)
    if isinstance(answer, str):
        yield f"the readers' pages: {base} {answer}: {start}"
    elif answer.content != links.answer(probe.rpartition("/")[2]).encode():
        yield (
            f"the readers' pages: {base} leads to something else than this publication's "
            f"`mailer web` with its keys: mend the web server or [publication] url, {_MEND}"
        )
    elif isinstance(page, str):
        yield f"the unsubscribe page: {unsubscribe} {page}: {start}"
    elif page.url != unsubscribe:
        yield (
            f"the unsubscribe page: {unsubscribe} leads on to {page.url}, where one-click "
            "unsubscribe does not follow (RFC 8058 §3.1): give that as [publication] url"
        )


def _pictures(urls: Iterable[str], fetcher: Fetcher) -> Iterator[str]:
    for url in urls:
        found = _got(fetcher, url)
        if isinstance(found, str):
            yield f"a picture: {url} {found}: put it there, {_MEND}"
        elif not found.media_type.startswith("image/"):
            yield f"a picture: {url} is {found.media_type}: mend the web server, {_MEND}"


def _got(fetcher: Fetcher, url: str) -> Fetched | str:
    """What is there, or why nothing is."""
    try:
        return fetcher.get(url)
    except FetchError as error:
        return str(error)


def pictures_of(edition: Edition) -> list[str]:
    """The addresses of the pictures that a copy shows and does not carry, each once."""
    sources = _Sources()
    for each in edition.every:
        sources.feed("".join(part for part in each.html if isinstance(part, str)))
    return list(dict.fromkeys(url for url in sources.found if url.startswith("http")))


class _Sources(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found += [value for name, value in attrs if name == "src" and value]
