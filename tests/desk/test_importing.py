"""An issue file out of a page: with its pictures, all of it or nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import drawing
import newsroom
import pytest
import smallnet
from newsroom import Newsroom
from smallnet import SILENT, Net

from mailer.desk.composing import compose_file
from mailer.desk.importing import Imported, Wish, bring_in
from mailer.errors import FetchError, MailerError, NotFound, SourceError, UsageError

PNG = drawing.saved(drawing.drawing(90, 60))
HOST = "http://pictures.example"
PAGE = b"""<html lang="en"><head><title>A page of May</title></head><body><main>
<h1>A page of May</h1><time datetime="2022-05-31">31 May 2022</time>
<p>An intro, long enough to be one, that says what will come.</p>
<h2>A thing</h2><p>Availability: <a href="/code">source code</a></p>
<p>Words about the thing, in two sentences. This is the second.</p>
<figure><img src="/a.png?w=600" alt="A drawing"><figcaption>Drawn by hand</figcaption></figure>
<p><img src="/lost.png" alt="Lost"></p><p><img src="/page" alt="No picture"></p>
<p><img src="a.png" alt="The drawing again"></p>
<h2>Another thing</h2><p>More words, which end the page and its list of things.</p>
</main></body></html>"""
ANSWERS: smallnet.Answers = {
    "/page": (200, {"Content-Type": "text/html; charset=utf-8"}, PAGE),
    "/a.png": (200, {}, PNG),
    "/a.png?w=600": (200, {}, PNG),
    "/lost.png": (404, {}, b""),
    "/inside": (302, {"Location": "http://inside.example/secret"}, b""),
    "/cut": (200, {"Content-Length": "5000"}, b"<html>"),
    "/huge": (200, {}, b"x" * 70_000),
}


@pytest.fixture
def net() -> Iterator[Net]:
    with smallnet.serving(ANSWERS) as net:
        yield net


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    return newsroom.make(tmp_path / "news")


def bring(room: Newsroom, net: Net, source: str, out: Path, wish: Wish | None = None) -> Imported:
    fetcher = replace(net.fetcher, largest=50_000, seconds=0.5)
    return bring_in(room.app, fetcher, source, out, wish or Wish())


def test_a_page_comes_with_its_pictures(room: Newsroom, net: Net) -> None:
    """Beside the issues of the publication they go into its `images/`; what cannot be had stays on
    the web, and is told."""
    out = room.app.folder / "issues" / "2022-05.md"
    done = bring(room, net, f"{HOST}/page", out)
    text = out.read_text(encoding="utf-8")
    assert text.startswith('---\ntitle: "A page of May"\ndate: 2022-05-31\nlang: en\n---\nAn intro')
    assert "Availability: [source code](http://pictures.example/code)\n" in text
    assert '![A drawing](images/2022-05/a.png "Drawn by hand")' in text
    assert f"![Lost]({HOST}/lost.png)" in text
    folder = room.app.folder / "images" / "2022-05"
    assert sorted(done.pictures) == sorted(folder.iterdir())
    assert all(path.read_bytes() == PNG for path in done.pictures)
    assert done.missing == {
        f"{HOST}/lost.png": "is not there: the server says 404",
        f"{HOST}/page": "is no picture that can be read",
    }
    assert done.outline == "intro · 2 items · no sign-off"
    composition = compose_file(room.app, out)
    faults = {finding.rule for finding in composition.findings if finding.severity == "error"}
    assert faults <= {"picture-missing"}  # those two


def test_elsewhere_pictures_are_beside_the_file(room: Newsroom, net: Net, tmp_path: Path) -> None:
    bring(room, net, f"{HOST}/page", tmp_path / "out" / "may 2022.md")
    assert (tmp_path / "out" / "images" / "may-2022" / "a.png").exists()
    text = (tmp_path / "out" / "may 2022.md").read_text(encoding="utf-8")
    assert text.startswith("---\nid: may-2022\n")  # the file's name is none


def test_a_file_that_is_there_is_replaced_only_when_told(
    room: Newsroom, net: Net, tmp_path: Path
) -> None:
    source, out = tmp_path / "a.txt", tmp_path / "a.md"
    source.write_text("A title\n\nA sentence.\n", encoding="utf-8")
    out.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="--force"):
        bring(room, net, str(source), out)
    assert out.read_text(encoding="utf-8") == "mine"
    bring(room, net, str(source), out, Wish(force=True))
    assert "A sentence." in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("http://nowhere.invalid/x", "there is no such host"),
        ("http://silent.example/x", "no server answers there|nobody there"),
        (f"{HOST}/inside", "not on the open net"),
        (f"{HOST}/slow", "cannot be fetched"),
        (f"{HOST}/cut", "breaks off"),
        (f"{HOST}/huge", "over 50,000 bytes"),
        ("http://127.0.0.1/x", "not on the open net"),
        ("http://pictures.example:22/x", "port"),
        ("no-such-file.html", "no such file"),
        ("\0", "cannot be read"),
        (".", "cannot be read"),
    ],
)
def test_what_cannot_be_had_leaves_nothing_behind(
    room: Newsroom, net: Net, tmp_path: Path, path: str, said: str
) -> None:
    net.names.update({"inside.example": ["10.0.0.1"], "silent.example": [SILENT]})
    out = tmp_path / "out" / "x.md"
    with pytest.raises((FetchError, NotFound), match=said) as refused:
        bring(room, net, path, out)
    assert "\n" not in str(refused.value)
    assert not out.parent.exists()


def test_a_name_that_leads_elsewhere_the_second_time_leads_nowhere(
    room: Newsroom, net: Net, tmp_path: Path
) -> None:
    """The page's host is on the open net when it is asked, and at home when its picture is."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return [smallnet.PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

    fetcher = replace(net.fetcher, largest=50_000, resolve=rebinding)
    done = bring_in(room.app, fetcher, f"{HOST}/page", tmp_path / "x.md", Wish())
    assert not done.pictures
    assert "which is not on the open net" in done.missing[f"{HOST}/a.png?w=600"]


def test_one_of_several_posts_is_chosen(room: Newsroom, net: Net, tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in ("march", "april"):
            archive.writestr(f"{name}.html", f"<body><p>The text of {name}.</p></body>")
    source, out = tmp_path / "export.zip", tmp_path / "out" / "a.md"
    source.write_bytes(stream.getvalue())
    with pytest.raises(SourceError, match=r"--post NUMBER: 1 “march”, 2 “april”"):
        bring(room, net, str(source), out)
    with pytest.raises(SourceError, match="none of the 2 posts"):
        bring(room, net, str(source), out, Wish(post="May"))
    assert not out.exists()
    for post in ("2", "APRIL"):
        bring(room, net, str(source), out, Wish(post=post, force=True))
        assert "The text of april." in out.read_text(encoding="utf-8")


def test_a_page_on_disk_shows_what_lies_beside_it_and_nothing_else(
    room: Newsroom, net: Net, tmp_path: Path
) -> None:
    folder = tmp_path / "saved"
    (folder / "page_files").mkdir(parents=True)
    (folder / "page_files" / "b c.png").write_bytes(PNG)
    (tmp_path / "secret.png").write_bytes(PNG)
    pictures = '<img src="page_files/b%20c.png" alt="B"><img src="../secret.png" alt="S">'
    (folder / "page.html").write_text(f"<body><p>Words.</p>{pictures}", encoding="utf-8")
    done = bring(room, net, str(folder / "page.html"), tmp_path / "out.md")
    assert [path.name for path in done.pictures] == ["b-c.png"]
    assert done.missing == {"../secret.png": "lies outside the folder of the page"}


def test_a_page_that_a_browser_has_to_write_first_is_refused(
    room: Newsroom, net: Net, tmp_path: Path
) -> None:
    source = tmp_path / "app.html"
    source.write_text('<html><body><div id="root"></div><script>go()</script></body></html>')
    with pytest.raises(SourceError, match="holds no text"):
        bring(room, net, str(source), tmp_path / "app.md")
    assert not (tmp_path / "app.md").exists()


def test_a_failed_write_takes_its_pictures_back(room: Newsroom, net: Net, tmp_path: Path) -> None:
    """The file's name is a folder's: the pictures were written before."""
    (tmp_path / "x.md").mkdir()
    with pytest.raises((OSError, MailerError)):
        bring(room, net, f"{HOST}/page", tmp_path / "x.md", Wish(force=True))
    assert not list((tmp_path / "images").rglob("*.png"))
