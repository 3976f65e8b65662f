"""The archive as files, which a browser alone can show."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from urllib.parse import unquote, urlsplit

import publication
import pytest
import readers
from lxml import html

from mailer.errors import UsageError
from mailer.web import static

PAGE = (
    "<!DOCTYPE html><html><head><title>x</title></head><body><main>"
    f'<a href="{readers.URL}/">Front</a><a href="#clip">CLIP</a>'
    f'<a href="{readers.URL}/issues/2021-01#clip">Mine</a>'
    f'<img src="{readers.URL}/pictures/{readers.PNG.name}" alt="">'
    f'<a href="{readers.URL}/subscribe">Subscribe</a>'
    '<a href="https://example.org/">Elsewhere</a></main></body></html>'
)


@pytest.fixture
def out(site: readers.Readers, tmp_path: Path) -> Path:
    for lang, issue in (("en", "2021-01"), ("de", "2021-01"), ("de", "2020-12")):
        edition = publication.edition(issue, lang=lang, page=PAGE, pictures=(readers.PNG.name,))
        site.post(edition, (readers.PNG,))
    folder = tmp_path / "out"
    built = static.build(site.site, folder)
    assert built.files == len([path for path in folder.rglob("*") if path.is_file()])
    return folder


def test_every_page_has_its_file(out: Path) -> None:
    """At paths that any web server finds; an issue's plain address is always there."""
    assert {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()} == {
        "index.html",
        "feed.xml",
        "sitemap.xml",
        "robots.txt",
        f"pictures/{readers.PNG.name}",
        *(
            f"issues/{name}/index.html"
            for name in ("2021-01", "2021-01/de", "2020-12", "2020-12/de")
        ),
    }


def test_every_link_leads_to_a_file_or_to_the_web(out: Path) -> None:
    """Relative, so that the folder may lie anywhere; what needs a server is at the public URL."""
    for page in out.rglob("*.html"):
        tree = html.fromstring(page.read_text(encoding="utf-8"))
        for target in (*tree.xpath("//a/@href"), *tree.xpath("//img/@src")):
            parts = urlsplit(target)
            if parts.scheme in ("https", "mailto"):
                continue
            assert (page.parent / unquote(parts.path)).is_file() or not parts.path, target
    front = (out / "index.html").read_text(encoding="utf-8")
    assert '<a href="issues/2021-01/index.html"' in front
    assert f'<a href="{readers.URL}/subscribe">' in front
    issue = (out / "issues/2021-01/index.html").read_text(encoding="utf-8")
    assert '<a href="index.html#clip">Mine</a>' in issue
    assert f'src="../../pictures/{readers.PNG.name}"' in issue
    assert '<a href="https://example.org/">' in issue


def test_a_front_page_of_files_asks_for_nothing(out: Path) -> None:
    """Nobody is there who would search, or take a sign-up."""
    assert "<form" not in (out / "index.html").read_text(encoding="utf-8")


def test_building_again_writes_what_is_new(site: readers.Readers, out: Path) -> None:
    edition = publication.edition("2021-02", page=PAGE)
    site.post(dataclasses.replace(edition, title="February"))

    static.build(site.site, out)

    assert "February" in (out / "index.html").read_text(encoding="utf-8")


def test_a_file_is_no_folder(site: readers.Readers, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("here")

    with pytest.raises(UsageError, match="name a folder"):
        static.build(site.site, tmp_path / "x")
