"""A file as it would be sent, checked with what the publication knows."""

from __future__ import annotations

import cProfile
from pathlib import Path

import pytest
from newsroom import digest

from mailer import config
from mailer.app import App
from mailer.composer.report import Report
from mailer.desk import setup
from mailer.desk.composing import compose_file, shares_of
from mailer.desk.composition import Composition
from mailer.model.finding import Finding, Severity
from mailer.model.issue import Issue
from subscribers.model import SubscriptionStatus

FRONT = "---\ntitle: A digest\npreheader: In short\n{0}---\n{1}\n\n## I\nText\n"


@pytest.fixture
def app(tmp_path: Path) -> App:
    folder = tmp_path / "news"
    setup.init(folder, example=False)
    toml = folder / "mailer.toml"
    text = toml.read_text(encoding="utf-8").replace('address = ""', 'address = "1 Example Street"')
    toml.write_text(text + '\n[look.light]\nmuted = "#9aa5ab"\n', encoding="utf-8")
    return App(config.load(folder, {}))


def composed(app: App, intro: str = "Intro", allow: str = "") -> Composition:
    file = app.folder / "issues" / "a.md"
    file.write_text(FRONT.format(allow, intro), encoding="utf-8")
    return compose_file(app, file)


def rules(composition: Composition) -> list[str]:
    return [finding.rule for finding in composition.findings]


def reader(app: App, number: int, **attributes: str) -> None:
    address = f"reader{number}@example.org"
    app.store.add(address, "monthly", attributes, None, SubscriptionStatus.PENDING, app.now())


def test_the_publications_own_colours_are_checked(app: App) -> None:
    """Where they are mended."""
    (finding,) = composed(app).findings
    assert (finding.rule, str(finding.where)) == ("contrast", "mailer.toml")


def test_what_is_allowed_is_no_finding_but_is_counted(app: App) -> None:
    """A rule that --links alone can break waits for it."""
    allow = "allow:\n  contrast: the brand's grey\n  link-moved: known\n"
    composition = composed(app, allow=allow)
    assert rules(composition) == []
    assert [finding.rule for finding in composition.allowed] == ["contrast"]
    asked = compose_file(app, composition.file, asker=lambda _issue, _file: ())
    assert rules(asked) == ["allow-unused"]


def test_what_the_network_tells_is_a_finding_like_others(app: App) -> None:
    """And can be allowed as they can."""

    def asker(_issue: Issue, file: str) -> tuple[Finding, ...]:
        report = Report(file)
        report.add("link-moved", 6, "https://example.org/a has moved", "write https://…")
        report.add("link-moved", 7, "https://example.org/b has moved", "write https://…")
        return report.findings()

    allow = "allow:\n  contrast: ours\n  link-moved:\n    example.org/a: known\n"
    asked = compose_file(app, composed(app, allow=allow).file, asker=asker)
    assert [(f.rule, f.where.line) for f in asked.findings] == [("link-moved", 7)]


def test_names_are_those_of_mailer_toml(app: App) -> None:
    """The publication's own is one of them, but may be a word like others."""
    toml = app.folder / "mailer.toml"
    text = toml.read_text(encoding="utf-8")
    text = text.replace("[publication]\n", '[publication]\nnames = ["ToolBox"]\n', 1)
    toml.write_text(text, encoding="utf-8")
    app = App(config.load(app.folder, {}))
    assert app.config.publication.name == "News"
    found = composed(app, "The toolbox of neWs, which is no news").findings
    mends = {f.mend for f in found if f.rule == "name-spelling"}
    assert mends == {"write ToolBox", "write News"}


def test_a_slot_is_unknown_once_there_are_readers(app: App) -> None:
    """A name that any of them has is known, however late; the database may be missing."""
    intro = "{{ town }} {{ citty | default('') }}"
    assert "slot-unknown" not in rules(composed(app, intro))
    reader(app, 0, city="Here")
    found = [f for f in composed(app, intro).findings if f.rule == "slot-unknown"]
    assert [f.mend for f in found] == [
        "mend its spelling, give it a default, or import readers with such a column",
        "write city",
    ]
    reader(app, 1, town="There")
    assert rules(composed(app, intro)).count("slot-unknown") == 1
    app.database.close()
    app.database.path.unlink()
    assert "slot-unknown" not in rules(composed(App(app.config), intro))


def calls(app: App, items: int) -> int:
    """Of functions, until an issue of so many items is read, composed and checked."""
    file = app.folder / "issues" / "long.md"
    file.write_text(digest(items), encoding="utf-8")
    with cProfile.Profile() as profile:
        composition = compose_file(app, file)
    assert len(list(composition.complete()[0].headed())) >= items
    return sum(each.callcount for each in profile.getstats())


@pytest.mark.slow
def test_the_work_grows_with_the_length_of_an_issue_and_no_faster(app: App) -> None:
    """Four times the items are about four times the calls."""
    calls(app, 1)
    assert calls(app, 80) < 5 * calls(app, 20)


def test_shares_are_those_of_what_was_composed(app: App) -> None:
    """None where nothing could be."""
    assert [share.headed.title for share in shares_of(composed(app))] == ["I"]
    file = app.folder / "issues" / "b.md"
    file.write_text("no front matter", encoding="utf-8")
    nothing = compose_file(app, file)
    assert shares_of(nothing) == ()
    assert nothing.findings[0].severity is Severity.ERROR
