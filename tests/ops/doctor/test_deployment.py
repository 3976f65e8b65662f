"""What is asked of a machine that works by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import newsroom
import pytest

from mailer.app import App, open_app
from mailer.ledger import workers
from mailer.ops.doctor import deployment
from mailer.ops.doctor.check import Check, Verdict

OK, WARNING, FAULT = Verdict
MOUNTS = """\
/dev/vda1 / ext4 rw,relatime 0 0
tmpfs /tmp tmpfs rw 0 0
server:/export /srv/news nfs4 rw 0 0
/dev/vdb1 /srv/news/local xfs rw 0 0
"""
SOUND = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[newsroom.Newsroom]:
    made = newsroom.make(tmp_path / "news")
    yield made
    made.app.database.close()


def found(app: App) -> dict[str, Check]:
    return {check.name: check for check in deployment.check_deployment(app)}


def test_what_is_fine_on_a_laptop_is_not_on_a_server(room: newsroom.Newsroom) -> None:
    """Copies in a folder, pages that nobody else can reach, no worker, nobody who is told."""
    room.write("https://news.example.org", "http://localhost:8000", "mailer.toml")
    checks = found(open_app(room.app.folder))
    assert checks["relay"].verdict is FAULT
    assert (checks["url"].verdict, "no reader" in checks["url"].says) == (FAULT, True)
    assert checks["worker"].verdict is FAULT
    assert checks["editor"].verdict is WARNING


def test_a_server_that_is_set_up(room: newsroom.Newsroom) -> None:
    room.write("folder:copies", "smtp://localhost:25", "mailer.toml")
    room.write("[publication]", '[publication]\neditor = "ed@example.org"', "mailer.toml")
    app = open_app(room.app.folder)
    with app.database.write() as c:
        workers.beat(c, "one")
    checks = found(app)
    checks.pop("user")  # tests may well be run by root
    assert {name: check.verdict for name, check in checks.items()} == dict.fromkeys(
        ("files", "url", "editor", "worker", "database"), OK
    )
    app.database.close()


@pytest.mark.parametrize(("uid", "verdict"), [(0, WARNING), (998, OK)])
def test_a_user_of_its_own(uid: int, verdict: Verdict) -> None:
    (check,) = deployment.check_user(uid)
    assert check.verdict is verdict


def test_pages_without_encryption(room: newsroom.Newsroom) -> None:
    room.write("https://news.example.org", "http://news.example.org", "mailer.toml")
    check = found(open_app(room.app.folder))["url"]
    assert (check.verdict, "put TLS in front" in check.says) == (FAULT, True)


def test_too_few_files(room: newsroom.Newsroom) -> None:
    """Connections would fail in the middle of a send."""
    (few,) = deployment.check_files(room.app, 64)
    assert (few.verdict, "LimitNOFILE=" in few.says) == (FAULT, True)
    (enough,) = deployment.check_files(room.app, 1024)
    assert enough.verdict is OK


@pytest.mark.parametrize(
    ("path", "verdict", "kind"),
    [
        ("/srv/news/mailer.db", FAULT, "nfs4"),
        ("/srv/news/local/mailer.db", OK, "xfs"),
        ("/srv/newsletter/mailer.db", OK, "ext4"),
    ],
)
def test_a_disk_that_others_share(path: str, verdict: Verdict, kind: str) -> None:
    (check,) = deployment.check_mount(Path(path), MOUNTS)
    assert (check.verdict, kind in check.says) == (verdict, True)


@pytest.mark.parametrize(("seconds", "verdict"), [(0.3, OK), (-7.0, WARNING), (3600.0, WARNING)])
def test_a_clock_that_is_wrong(seconds: float, verdict: Verdict) -> None:
    (check,) = deployment.check_clock(seconds)
    assert check.verdict is verdict
    assert ("behind" in check.says) is (seconds < 0)


def test_a_server_that_forgets() -> None:
    """What it forgets was sent, and would be sent again."""
    careless = {**SOUND, "synchronous_commit": "off", "max_connections": "100"}
    (check,) = deployment.check_server(careless, taken=10)
    assert (check.verdict, "synchronous_commit is off" in check.says) == (FAULT, True)


def test_a_server_that_is_nearly_full() -> None:
    (full,) = deployment.check_server({**SOUND, "max_connections": "100"}, taken=90)
    assert (full.verdict, "max_connections" in full.says) == (WARNING, True)
    (well,) = deployment.check_server({**SOUND, "max_connections": "100"}, taken=10)
    assert well.verdict is OK


def test_a_pooler_that_keeps_our_settings_to_itself() -> None:
    """Then who is cut off in the middle of a transaction blocks the others."""
    check = deployment.check_sessions("0")
    assert (check.verdict, "give them to the role" in check.says) == (WARNING, True)


@pytest.mark.postgresql
@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_a_real_server_is_asked(
    room: newsroom.Newsroom, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one of the tests keeps nothing through a crash, and says so."""
    monkeypatch.setenv("MAILER_DATABASE__URL", database_url)
    app = open_app(room.app.folder)
    checks = found(app)
    assert checks["clock"].verdict is OK
    assert checks["server"].verdict is FAULT
    assert "fsync, synchronous_commit, full_page_writes is off" in checks["server"].says
    assert checks["sessions"].says.endswith("after 8s")
    app.database.close()
