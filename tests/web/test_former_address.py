from __future__ import annotations

import dataclasses

import pytest
import readers

from mailer.web.application import create

OLD = {"host": "toolkit.example.net"}


@pytest.fixture
def moved(site: readers.Readers) -> readers.Readers:
    """A publication that had two other addresses before."""
    former = ("https://toolkit.example.net", "https://news.example.org/old")
    renamed = dataclasses.replace(site.site, former=former)
    return dataclasses.replace(site, site=renamed, application=create(renamed))


@pytest.mark.parametrize(
    ("path", "headers", "to"),
    [
        ("/issues/2021-01?lang=de", OLD, "/issues/2021-01?lang=de"),
        ("/issues/%C3%A4", OLD, "/issues/%C3%A4"),
        ("/", OLD, "/"),
        ("/old/issues/2021-01", {}, "/issues/2021-01"),
        ("https://toolkit.example.net//evil.example/", {}, "//evil.example/"),
    ],
)
def test_an_old_address_leads_to_the_new_one(
    moved: readers.Readers, path: str, headers: dict[str, str], to: str
) -> None:
    """Whatever the path, to nowhere but the publication's own host."""
    answer = moved.ask("GET", path, headers=headers)

    assert answer.status_code == 301
    assert answer.headers["location"] == f"https://news.example.org{to}"


@pytest.mark.parametrize("where", ["host", "path"])
def test_one_click_at_an_old_address_is_answered_there(moved: readers.Readers, where: str) -> None:
    """A mail provider follows no redirect (RFC 8058 §3.1), and mails live for years."""
    path, headers = moved.unsubscribe(), OLD
    if where == "path":
        path, headers = f"/old{path}", {}

    answer = moved.ask("POST", path, data={"List-Unsubscribe": "One-Click"}, headers=headers)

    assert answer.status_code == 200
    assert moved.statuses()["monthly"] == "unsubscribed"


def test_the_present_address_is_no_former_one(moved: readers.Readers) -> None:
    assert moved.ask("GET", "/").status_code == 200
    assert moved.ask("GET", "/healthz", headers={"host": "localhost:8000"}).status_code == 200
    assert moved.ask("GET", "/", headers={"host": "evil.example"}).status_code == 400
