"""What notices say: the editor's `mail/KIND.md`, else what ships with us, composed as an issue is.

A text names where its links lead: `[Yes](#confirm)`. A paragraph with a link that leads nowhere for
this reader (there is no latest issue yet) is left out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mailer import files
from mailer.app import App
from mailer.composer.compose import compose
from mailer.composer.parsing import parse
from mailer.composer.tree import inlines_in, inlines_of
from mailer.desk.framing import frame_of
from mailer.desk.logo import logo_of
from mailer.errors import ConfigError
from mailer.ledger.notices import Kind
from mailer.model.content import Block, Hyperlink, Url
from mailer.model.edition import Edition, PictureFile
from mailer.model.finding import Severity
from mailer.model.issue import Issue
from mailer.model.slot import EMAIL, LIST_TITLE, Slot, slots_of

FOLDER = "mail"  # of a publication
_SHIPPED = "notices"
_FALLBACK = "en"
TARGETS = ("confirm", "access", "issue", "preferences", "unsubscribe")
NEEDED: Mapping[Kind, str] = {  # without this link the mail would be of no use
    Kind.CONFIRM: "confirm",
    Kind.INVITE: "confirm",
    Kind.MOVE: "confirm",
    Kind.ACCESS: "access",
}
ISSUE_TITLE, NEW_ADDRESS = "issue_title", "new_address"
_FILLED = frozenset({EMAIL, LIST_TITLE, ISSUE_TITLE, NEW_ADDRESS})
Places = frozenset[str]  # those of TARGETS that lead somewhere


def url_slot(target: str) -> str:
    """The name of the slot with the last part of a link's address."""
    return f"{target}_token"


@dataclasses.dataclass(frozen=True, slots=True)
class Written:
    """A text as its file has it."""

    source: str
    where: str
    lang: str


def written(app: App, kind: Kind, lang: str) -> Written:
    """The publication's own text in this language, else ours; one in another language at last."""
    own, shipped = app.folder / FOLDER, files.templates_dir() / _SHIPPED
    short, home = lang.partition("-")[0], own / f"{kind}.md"
    general = _general(app, home) if home.is_file() else None
    if general is not None and general.lang.partition("-")[0] == short:
        return general
    places = {own / f"{kind}.{lang}.md": lang, own / f"{kind}.{short}.md": short}
    places[shipped / short / f"{kind}.md"] = short
    for path, tag in places.items():
        if path.is_file():
            return Written(_read(path), str(path), tag)
    last = shipped / _FALLBACK / f"{kind}.md"
    return general or Written(_read(last), str(last), _FALLBACK)


def _general(app: App, path: Path) -> Written:
    """`KIND.md` says itself which language it is in, by default the publication's."""
    text = Written(_read(path), str(path), app.config.publication.lang)
    issue = _parsed(text).issue
    return text if issue is None else dataclasses.replace(text, lang=issue.lang)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: save it as UTF-8") from error


def require_sound(app: App) -> None:
    """Raises ConfigError with every fault of the publication's own texts, one a line."""
    faults: list[str] = []
    for path in sorted((app.folder / FOLDER).glob("*.md")):
        kind, _, lang = path.stem.partition(".")
        if kind not in list(Kind):
            faults.append(f"{path}: no mail of that name: use one of {', '.join(Kind)}")
            continue
        text = Written(_read(path), str(path), lang) if lang else _general(app, path)
        faults += faults_of(Kind(kind), text)
    if faults:
        raise ConfigError("\n".join(faults))


def faults_of(kind: Kind, text: Written) -> list[str]:
    """What keeps a text from being mailed, a line each."""
    parsed = _parsed(text)
    faults = [
        f"{finding.where}: {finding.message}: {finding.mend}"
        for finding in parsed.findings
        if finding.severity is Severity.ERROR
    ]
    if parsed.issue is None:
        return faults
    named = set(_targets(inlines_of(parsed.issue)))
    for unknown in sorted(named - set(TARGETS)):
        known = ", ".join(f"#{target}" for target in TARGETS)
        faults.append(f"{text.where}: a link to #{unknown} leads nowhere: use one of {known}")
    needed = NEEDED.get(kind)
    if needed and needed not in named:
        faults.append(f"{text.where}: lacks its link: write [some words](#{needed})")
    for slot in _empty_slots(parsed.issue):
        faults.append(
            f"{text.where}: {{{{ {slot} }}}} is not known of everybody: write "
            f'{{{{ {slot} | default("…") }}}}'
        )
    return faults


def _empty_slots(issue: Issue) -> list[str]:
    """Slots that would stay empty for a stranger."""
    found = [*slots_of(issue.subject), *(i for i in inlines_of(issue) if isinstance(i, Slot))]
    return [slot.name for slot in found if slot.default is None and slot.name not in _FILLED]


@dataclasses.dataclass(frozen=True, slots=True)
class Text:
    """Composed: `edition` has slots for what differs between people."""

    edition: Edition
    pictures: tuple[PictureFile, ...]


@dataclasses.dataclass(frozen=True)
class Texts:
    """A publication's texts, each composed once until its file changes."""

    app: App
    _composed: dict[tuple[Written, Places], Text] = dataclasses.field(default_factory=dict)

    def of(self, kind: Kind, lang: str, places: Places) -> Text:
        """Raises ConfigError for a text with faults."""
        found = written(self.app, kind, lang)
        if (found, places) not in self._composed:
            faults = faults_of(kind, found)
            if faults:
                raise ConfigError("\n".join(faults))
            self._composed[found, places] = _composed(self.app, kind, found, places)
        return self._composed[found, places]


def _composed(app: App, kind: Kind, text: Written, places: Places) -> Text:
    issue = _parsed(text).issue
    if issue is None:
        raise ConfigError(f"{text.where}: cannot be read")
    theme = app.theme(issue.theme or app.config.publication.theme)
    logo, _ = logo_of(app, theme)
    frame = dataclasses.replace(frame_of(app, logo), personal=True)
    edition = compose(_aimed(issue, _urls(app, kind), places), theme, frame)
    return Text(edition, (logo.file,) if logo else ())


def _parsed(text: Written) -> parse.Parsed:
    return parse.parse(text.source, text.where, parse.Defaults(text.lang, (), "notice"))


def _urls(app: App, kind: Kind) -> Mapping[str, Url]:
    """Where each target leads, as far as that is the same for all."""
    base = app.config.publication.url
    confirm = "m" if kind is Kind.MOVE else "c"
    paths = {"confirm": confirm, "access": "a", "preferences": "p", "unsubscribe": "u"}
    aimed = {
        target: Url((f"{base}/{path}/", Slot(url_slot(target)))) for target, path in paths.items()
    }
    return {**aimed, "issue": Url((f"{base}/issues/", Slot(url_slot("issue"))))}


def _targets(inlines: Iterable[object]) -> Iterable[str]:
    for inline in inlines:
        if isinstance(inline, Hyperlink) and inline.url.text.startswith("#"):
            yield inline.url.text[1:]


def _aimed(issue: Issue, urls: Mapping[str, Url], places: Places) -> Issue:
    """The issue with its links led to where they are to go."""

    def kept(block: Block) -> bool:
        return places.issuperset(_targets(inlines_in((block,))))

    return dataclasses.replace(
        issue,
        intro=_led(tuple(filter(kept, issue.intro)), urls),
        sign_off=_led(tuple(filter(kept, issue.sign_off)), urls),
    )


def _led(node: Any, urls: Mapping[str, Url]) -> Any:
    """A piece of content with every link in it led to where it is to go."""
    if isinstance(node, tuple):
        return tuple(_led(each, urls) for each in node)
    if not dataclasses.is_dataclass(node) or isinstance(node, Url):
        return node
    fields = {
        field.name: _led(getattr(node, field.name), urls) for field in dataclasses.fields(node)
    }
    if isinstance(node, Hyperlink) and node.url.text.startswith("#"):
        fields["url"] = urls[node.url.text[1:]]
    return dataclasses.replace(node, **fields)
