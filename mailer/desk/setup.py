"""Setting up a publication: its folder, keys, database and first list."""

from __future__ import annotations

import dataclasses
import re
import secrets
import shutil
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from mailer import files, migrations
from mailer.app import App, open_app
from mailer.config import FILE, SECRETS_FILE
from mailer.desk import lists, starter
from mailer.errors import ConfigError, UsageError

_EXAMPLE_SKIPPED = ("README.md",)
_FIRST_URL = re.compile(r'^url = ".*"', re.MULTILINE)  # that of [publication]
_LANG = "en"  # in which a publication begins


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a new publication starts with; an editor changes all but the id later."""

    id: str
    name: str
    sender: str = "Editor <editor@example.org>"
    url: str = "https://news.example.org"
    list: str = "monthly"


def beginning_of(folder: Path, url: str) -> Beginning:
    """Names that follow from the folder's own."""
    name = re.sub(r"[-_]+", " ", folder.resolve().name).strip() or "Newsletter"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    identifier = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "newsletter"
    beginning = Beginning(id=identifier, name=name[0].upper() + name[1:])
    return dataclasses.replace(beginning, url=url) if url else beginning


def init(folder: Path, example: bool, url: str = "") -> App:
    """Lay out a publication in `folder`, which must be new or empty: whole, or not at all.

    `url` is where its readers' pages will be; empty while that is not known. Raises UsageError,
    ConfigError for a URL that is none.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: is there already and not empty: name a new folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    beginning = beginning_of(folder, url)
    place = files.place_of_draft(folder)
    draft = Path(tempfile.mkdtemp(dir=place, prefix=f".{folder.resolve().name}."))
    try:
        _fill(draft, beginning, example, known=example or bool(url))
        draft.chmod(0o755)
        _put(draft, folder)
    except ConfigError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise ConfigError(str(error).replace(str(draft), str(folder))) from error
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return open_app(folder)


def _put(draft: Path, folder: Path) -> None:
    """A folder that is there may be where somebody is, or where a disk begins: it stays, and gets
    mailer.toml last of all. Before that it is no publication."""
    if not folder.exists():
        draft.replace(folder)
        return
    for path in sorted(draft.iterdir(), key=lambda path: path.name == FILE):
        path.replace(folder / path.name)
    draft.rmdir()


def _fill(folder: Path, beginning: Beginning, example: bool, known: bool) -> None:
    """`known` tells whether the URL in mailer.toml is more than a placeholder."""
    if example:
        _copy_example(folder, beginning.url)
    else:
        _write_starter(folder, beginning)
    _copy_texts(folder)
    write_secrets(folder)
    app = open_app(folder)
    migrations.upgrade(app.config.database_url)
    name = app.config.publication.list
    domain = f"{app.config.publication.id}.{app.domain}" if known else lists.unmanaged_domain()
    lists.create(app, name, lists.title_of(name), domain)
    app.database.close()


def write_secrets(folder: Path) -> None:
    """Fresh keys, for the owner's eyes only."""
    content = (
        "# Keep this file: without its keys the unsubscribe links of every issue sent are dead,\n"
        "# and an import brings back who was erased.\n"
        f'[keys]\nlink = 1\npepper = "{secrets.token_hex(32)}"\n\n'
        f'[keys.links]\n1 = "{secrets.token_hex(32)}"\n'
    )
    files.write_atomically(folder / SECRETS_FILE, content, mode=0o600)


def _write_starter(folder: Path, beginning: Beginning) -> None:
    text = starter.text_of("mailer.toml.j2", **dataclasses.asdict(beginning))
    files.write_atomically(folder / FILE, text)
    files.write_atomically(folder / ".gitignore", starter.text_of("gitignore"))
    for name in ("issues", "images"):
        (folder / name).mkdir()


def _copy_texts(folder: Path) -> None:
    """Of the mails that people wait for, for the editor to change; they say their language, so that
    they are in no other's place."""
    for text in (files.templates_dir() / "notices" / _LANG).glob("*.md"):
        spoken = text.read_text(encoding="utf-8").replace("---\n", f"---\nlang: {_LANG}\n", 1)
        files.write_atomically(folder / "mail" / text.name, spoken)


def _copy_example(folder: Path, url: str) -> None:
    example = files.templates_dir() / "example"
    for entry in example.iterdir():
        if entry.is_dir():
            shutil.copytree(entry, folder / entry.name)
        elif entry.name not in _EXAMPLE_SKIPPED:
            shutil.copyfile(entry, folder / entry.name)
    toml = (folder / FILE).read_text(encoding="utf-8")
    files.write_atomically(folder / FILE, _FIRST_URL.sub(lambda _: f'url = "{url}"', toml, 1))
    files.write_atomically(folder / ".gitignore", starter.text_of("gitignore"))
