"""Several publications in one `mailer web`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import newsroom
import pytest
import readers
from starlette.applications import Starlette

from mailer.app import App, open_app
from mailer.errors import ConfigError
from mailer.web import hosting, server
from mailer.web.site import site_of

URLS = {
    "main": "https://news.example.org",
    "art": "https://letters.example.org/art",
    "music": "https://letters.example.org/art/music",
}


TOML = "mailer.toml"


@pytest.fixture
def apps(tmp_path: Path) -> Iterator[list[App]]:
    """Three publications: one at a host of its own, two below paths of one host. The last one had
    another URL before."""
    made = []
    for name, url in URLS.items():
        room = newsroom.make(tmp_path / name)
        former = '\nformer_urls = ["https://old.example.net"]' if name == "music" else ""
        room.write(f'url = "{room.app.config.publication.url}"', f'url = "{url}"{former}', TOML)
        room.write('id = "news"', f'id = "{name}"', TOML)
        room.write(f'name = "{room.app.config.publication.name}"', f'name = "On {name}"', TOML)
        made.append(open_app(tmp_path / name))
    yield made
    for app in made:
        app.database.close()


def together(apps: list[App]) -> Starlette:
    pages = [server.application_of(site_of(app), app) for app in apps]
    publications = [app.config.publication for app in apps]
    return hosting.together(list(zip(publications, pages, strict=True)))


def asked(application: Starlette, url: str, method: str = "GET") -> tuple[int, str]:
    answer = readers.ask(application, method, url)
    return answer.status_code, answer.text


def test_each_is_served_at_its_own_url(apps: list[App]) -> None:
    application = together(apps)
    for app, name in zip(apps, URLS, strict=True):
        status, page = asked(application, f"{URLS[name]}/")
        assert status == 200
        assert [f"On {each}" in page for each in URLS] == [each == name for each in URLS]
        link = app.links.unsubscribe(app.new_token())
        assert asked(application, link)[0] == 200


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example/", "https://letters.example.org/", "https://127.0.0.1/"]
)
def test_what_is_nobodys_is_refused(apps: list[App], url: str) -> None:
    assert asked(together(apps), url) == (400, "Invalid host header")


def test_a_former_url_leads_on(apps: list[App]) -> None:
    answer = readers.ask(together(apps), "GET", "https://old.example.net/issues/2021-01")
    assert (answer.status_code, answer.headers["location"]) == (
        301,
        f"{URLS['music']}/issues/2021-01",
    )


def test_this_machine_may_ask_for_health(apps: list[App]) -> None:
    assert asked(together(apps), "http://localhost/healthz") == (200, "ok\n")


def test_two_cannot_have_the_same_url(apps: list[App]) -> None:
    """Now or before: whose page would it be?"""
    publications = [app.config.publication for app in apps]
    hosting.require_apart(publications)
    other = publications[0].model_copy(update={"former_urls": ("https://old.example.net",)})
    with pytest.raises(ConfigError, match="main and music both have it"):
        hosting.require_apart([other, *publications[1:]])
