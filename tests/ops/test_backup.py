"""A publication goes into one file and comes out again elsewhere, as it was, or not at all."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import postgresql
import pytest
import readers
import sqlalchemy as sa
from newsroom import Newsroom
from warm import Warm

from mailer.app import App, open_app
from mailer.desk import dispatches, offer, sending
from mailer.desk.composing import compose_file
from mailer.errors import MailerError, UsageError
from mailer.ledger.notices import Kind
from mailer.ledger.schema import deliveries, shards
from mailer.ledger.schema import metadata as ledger
from mailer.links import Purpose
from mailer.model.delivery import DispatchState, DispatchStatus, State
from mailer.ops.backup import making, restoring
from mailer.web.application import create
from mailer.web.site import site_of
from subscribers.model import SubscriptionStatus
from subscribers.schema import metadata as store


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "news.backup.zip"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Another machine's folder."""
    return tmp_path / "elsewhere"


def _rows(app: App) -> dict[str, list[str]]:
    """Every row of every table, but for what a restore writes down of itself."""
    with app.database.read() as c:
        return {
            table.name: [str(row) for row in c.execute(sa.select(table))]
            for metadata in (store, ledger)
            for table in metadata.sorted_tables
            if table.name not in ("dispatches", "events")
        }


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _begin(newsroom: Newsroom) -> int:
    composition = newsroom.compose()
    made = offer.offer(newsroom.app, composition, None, late=False, expect=None)
    return offer.begin(newsroom.app, composition, made)


def _carry_on(app: App, dispatch_id: int) -> DispatchStatus:
    return sending.carry_on(app, dispatch_id, lambda _: None, lambda _: None).status


def test_all_is_as_it_was(newsroom: Newsroom, file: Path, elsewhere: Path) -> None:
    newsroom.add(5, town="Ödön\n")
    _carry_on(newsroom.app, _begin(newsroom))
    manifest = making.make(newsroom.app, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    done = restoring.restore(file, elsewhere)
    assert (done.manifest, done.paused) == (manifest, ())
    app = open_app(elsewhere)
    assert _rows(app) == _rows(newsroom.app)
    for name in ("mailer.toml", "secrets.toml", ".gitignore", "issues/2021-01.md"):
        assert (elsewhere / name).read_bytes() == (newsroom.app.folder / name).read_bytes()
    for name in ("secrets.toml", "mailer.db"):
        assert stat.S_IMODE((elsewhere / name).stat().st_mode) == 0o600
    assert compose_file(app, elsewhere / "issues/2021-01.md").complete()
    app.database.close()


def test_a_dispatch_goes_on_where_it_was_once_somebody_says_so(
    newsroom: Newsroom, file: Path, elsewhere: Path
) -> None:
    """And not before: whoever restores may not know what was sent after the backup."""
    newsroom.add(4)
    dispatch_id = _begin(newsroom)
    with newsroom.app.database.write() as c:
        first = deliveries.update().where(deliveries.c.seq == 1).values(state=State.SENDING)
        c.execute(first)
        c.execute(shards.update().values(owner="gone", planned=3, sending=1))
    making.make(newsroom.app, file)
    assert restoring.restore(file, elsewhere).paused == (dispatch_id,)
    app = open_app(elsewhere)
    now = dispatches.of(app, dispatch_id)
    assert (now.state, now.counts[State.UNCERTAIN]) == (DispatchState.PAUSED, 1)
    assert "restored from the backup of" in now.reason
    assert _carry_on(app, dispatch_id).counts[State.SENT] == 0
    dispatches.resume(app, dispatch_id)
    assert _carry_on(app, dispatch_id).counts[State.SENT] == 3
    app.database.close()


def test_the_oldest_link_works_and_the_erased_are_known(
    newsroom: Newsroom, file: Path, elsewhere: Path
) -> None:
    newsroom.add(1)
    token = newsroom.app.store.show("reader0@example.org").subscriptions[0].token
    link = newsroom.app.links.keyring.sign(Purpose.UNSUBSCRIBE, token)
    mark = newsroom.app.fingerprint("reader9@example.org")
    making.make(newsroom.app, file)
    restoring.restore(file, elsewhere)
    app = open_app(elsewhere)
    answer = readers.ask(
        create(site_of(app)), "POST", f"/u/{link}", data={"List-Unsubscribe": "One-Click"}
    )
    assert answer.status_code == 200
    (left,) = app.store.show("reader0@example.org").subscriptions
    assert left.status is SubscriptionStatus.UNSUBSCRIBED
    assert app.fingerprint("reader9@example.org") == mark
    app.database.close()


def test_a_backup_during_a_send_is_of_one_moment(
    newsroom: Newsroom, file: Path, elsewhere: Path
) -> None:
    newsroom.add(600)
    dispatch_id = _begin(newsroom)

    def settled(_copies: int) -> None:
        if not file.exists():
            making.make(newsroom.app, file)

    sending.carry_on(newsroom.app, dispatch_id, settled, lambda _: None)
    restoring.restore(file, elsewhere)
    app = open_app(elsewhere)
    with app.database.read() as c:
        query = sa.select(deliveries.c.state, sa.func.count()).group_by(deliveries.c.state)
        counted = {State(state): count for state, count in c.execute(query)}
    now = dispatches.of(app, dispatch_id)
    uncertain = counted.pop(State.SENDING, 0)
    assert sum(counted.values()) + uncertain == 600
    assert counted[State.PLANNED]
    told = {state: count for state, count in now.counts.items() if count}
    assert told == {**counted, **({State.UNCERTAIN: uncertain} if uncertain else {})}
    app.database.close()


@pytest.mark.postgresql
def test_from_one_kind_of_database_to_the_other_and_back(
    newsroom: Newsroom,
    postgresql_server: postgresql.Server,
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rows are the same, numbers go on behind the last, and a database in use is left alone."""
    newsroom.add(5, town="Ödön\n")
    _carry_on(newsroom.app, _begin(newsroom))
    making.make(newsroom.app, file)
    monkeypatch.setenv("MAILER_DATABASE__URL", postgresql_server.empty())
    restoring.restore(file, tmp_path / "there")
    there = open_app(tmp_path / "there")
    assert not there.database.is_sqlite
    assert _rows(there) == _rows(newsroom.app)
    there.store.create_list("weekly", "Weekly", "weekly.example.org", there.now())
    with pytest.raises(UsageError, match="has tables already"):
        restoring.restore(file, tmp_path / "again")
    making.make(there, tmp_path / "back.zip")
    monkeypatch.delenv("MAILER_DATABASE__URL")
    restoring.restore(tmp_path / "back.zip", tmp_path / "here")
    here = open_app(tmp_path / "here")
    assert here.database.is_sqlite
    assert _rows(here) == _rows(there)
    for app in (there, here):
        app.database.close()
    postgresql_server.take_back()


def test_what_can_be_made_anew_or_is_not_ours_stays_out(
    newsroom: Newsroom, file: Path, tmp_path: Path
) -> None:
    folder = newsroom.app.folder
    (tmp_path / "private.txt").write_text("not the publication's")
    former = ("former.db", "former.db-wal", "former.db.turn-a", "former.db.turn-b")
    for name in (".cache/x", ".git/x", "copies/1.eml", "images/logo.png", *former):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    (folder / "images/link.txt").symlink_to(tmp_path / "private.txt")
    (folder / "images/again.png").symlink_to("logo.png")
    making.make(newsroom.app, folder / "first.zip")
    names = set(making.make(newsroom.app, file).files)
    assert names == {
        "database.sqlite",
        *(f"publication/{name}" for name in (".gitignore", "mailer.toml", "secrets.toml")),
        *(f"publication/{name}" for name in ("images/logo.png", "images/again.png")),
        "publication/issues/2021-01.md",
        *(f"publication/mail/{kind}.md" for kind in Kind),
    }


class TestNothingIsOverwritten:
    def test_by_a_backup(self, newsroom: Newsroom, file: Path) -> None:
        file.write_text("mine")
        with pytest.raises(UsageError, match="is there already"):
            making.make(newsroom.app, file)
        assert file.read_text() == "mine"

    def test_by_a_restore(self, newsroom: Newsroom, file: Path, elsewhere: Path) -> None:
        making.make(newsroom.app, file)
        elsewhere.mkdir()
        (elsewhere / "mine").write_text("mine")
        with pytest.raises(UsageError, match="not empty"):
            restoring.restore(file, elsewhere)
        assert _names(elsewhere) == ["mine"]

    def test_not_even_a_database_that_lies_elsewhere(
        self, newsroom: Newsroom, file: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        making.make(newsroom.app, file)
        theirs = newsroom.app.database.path
        before = theirs.read_bytes()
        monkeypatch.setenv("MAILER_DATABASE__URL", f"sqlite:///{theirs}")
        with pytest.raises(UsageError, match="is there already"):
            restoring.restore(file, elsewhere)
        assert theirs.read_bytes() == before
        assert _names(elsewhere) == []


def test_a_disk_without_room_is_told_with_what_was_asked_for(
    newsroom: Newsroom, file: Path, elsewhere: Path
) -> None:
    """And not with a file that nobody will find there. The system lets none grow further."""
    backup = Warm(newsroom.app.folder).confined(100_000, "backup", str(file))
    assert backup.stderr.startswith(f"mailer: {file}: ")
    assert _names(file.parent) == ["news"]
    making.make(newsroom.app, file)
    restored = Warm(elsewhere).confined(100_000, "restore", str(file))
    assert restored.stderr.startswith(f"mailer: {elsewhere}: ")
    assert [backup.returncode, restored.returncode] == [1, 1]
    assert _names(elsewhere) == []


def _flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1000])


def _no_zip(file: Path) -> None:
    file.write_text("no ZIP")


def _somebody_elses(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("a.txt", "x")


def _rewritten(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """With another manifest."""

    def rewrite(file: Path) -> None:
        with zipfile.ZipFile(file) as packed:
            members = {name: packed.read(name) for name in packed.namelist()}
            comment = packed.comment
        manifest = json.loads(members["manifest.json"])
        change(manifest)
        members["manifest.json"] = json.dumps(manifest).encode()
        with zipfile.ZipFile(file, "w") as packed:
            packed.comment = comment
            for name, content in members.items():
                packed.writestr(name, content)
            packed.writestr("publication/../../outside", "x")

    return rewrite


def _outside(manifest: dict[str, Any]) -> None:
    manifest["files"]["publication/../../outside"] = {"size": 1, "sha256": "", "mode": 0o644}


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (_flip, "damaged"),
        (_cut, "damaged"),
        (_no_zip, "no backup"),
        (_somebody_elses, "no backup of ours"),
        (_rewritten(lambda m: m["files"]["database.sqlite"].update(sha256="0" * 64)), "damaged"),
        (_rewritten(lambda m: m["files"]["database.sqlite"].update(size=1)), "damaged"),
        (_rewritten(lambda m: m.pop("files")), "manifest cannot be read"),
        (_rewritten(lambda m: m.update(format=2)), "or a newer one"),
        (_rewritten(lambda m: m.update(revision="9999")), "use a newer mailer"),
        (_rewritten(_outside), "outside of the publication"),
    ],
)
def test_of_a_bad_file_nothing_is_restored(
    newsroom: Newsroom, file: Path, elsewhere: Path, damage: Callable[[Path], None], why: str
) -> None:
    making.make(newsroom.app, file)
    damage(file)
    before = _names(file.parent)
    with pytest.raises(MailerError, match=why):
        restoring.restore(file, elsewhere)
    assert _names(file.parent) == sorted([*before, "elsewhere"])
    assert _names(elsewhere) == []
