"""A publication as an editor has it, for tests of the desk and of pages about its work."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mailer.app import App, open_app
from mailer.desk import offer, sending, setup
from mailer.desk.composing import compose_file
from mailer.desk.composition import Composition
from subscribers.address import parse
from subscribers.admission import Entry
from subscribers.attributes import encoded
from subscribers.model import Consent, ConsentChange

JANUARY = """---
id: 2021-01
title: "January"
date: 2021-01-31
preheader: "Two things to read"
---
Hello {{ first_name | default("reader") }}.

## CLIP
Availability: [project page](https://example.org/clip)

Words and pictures.

## DeBERTa
Availability: [paper](https://example.org/deberta)

Disentangled attention.

---
Bye.
"""


@dataclass
class Newsroom:
    """A publication with January's issue; copies go to a folder."""

    app: App

    @property
    def file(self) -> Path:
        return self.app.folder / "issues" / "2021-01.md"

    def write(self, old: str, new: str, file: str = "issues/2021-01.md") -> None:
        path = self.app.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def compose(self) -> Composition:
        return compose_file(self.app, self.file)

    def add(self, count: int, start: int = 0, **attributes: str) -> None:
        """Confirmed readers with these attributes."""
        entries = [
            Entry(
                parse(f"reader{number}@example.org"),
                encoded(attributes),
                Consent("a form", "yes"),
                ConsentChange.ADDED,
                self.app.now(),
            )
            for number in range(start, start + count)
        ]
        self.app.store.roster("monthly").admit(entries, self.app.now())

    def send(
        self,
        file: str = "issues/2021-01.md",
        notice: Callable[[str], None] = lambda _line: None,
    ) -> int:
        """The number of the dispatch, once it has run."""
        composition = compose_file(self.app, self.app.folder / file)
        made = offer.offer(self.app, composition, None, late=False, expect=None)
        dispatch_id = offer.begin(self.app, composition, made)
        sending.carry_on(self.app, dispatch_id, lambda _count: None, notice)
        return dispatch_id


def make(folder: Path) -> Newsroom:
    """A copy of one that is set up once for all tests of this process."""
    shutil.copytree(_set_up(), folder)
    return Newsroom(open_app(folder))


def example(folder: Path) -> App:
    """The example publication: a copy of one whose pictures of January are fitted already."""
    shutil.copytree(_example(), folder)
    return open_app(folder)


@cache
def _example() -> Path:
    folder = _shelf() / "news"
    app = setup.init(folder, example=True)
    compose_file(app, folder / "issues" / "2021-01.md")
    app.database.close()
    return folder


@cache
def _set_up() -> Path:
    folder = _shelf() / "news"
    setup.init(folder, example=False).database.close()
    made = Newsroom(open_app(folder))
    made.write('address = ""', 'address = "1 Example Street"', "mailer.toml")
    made.write("smtp://localhost:25", "folder:copies", "mailer.toml")
    made.file.write_text(JANUARY, encoding="utf-8")
    return folder


def _shelf() -> Path:
    shelf = Path(tempfile.mkdtemp(prefix="newsroom-"))
    atexit.register(shutil.rmtree, shelf, ignore_errors=True)
    return shelf


def digest(items: int) -> str:
    """An issue file of so many short items, each with a link line of its own."""
    head = "---\ntitle: A digest\npreheader: In short\n---\nHello.\n"
    return head + "".join(
        f"\n## Item {number}\nAvailability: [project page](https://example.org/{number}), "
        f"[paper](https://example.org/{number}/paper)\n\nWhat *item {number}* is about, in "
        "**some** words, and `why` it matters.\n\n- One thing\n- Another\n"
        for number in range(items)
    )
