"""Our own copies, refused behind a real Postfix, come back through a real Dovecot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from feedback.dovecot import PASSWORD, Dovecot, running_dovecot
from newsroom import JANUARY
from program import Program, until
from sender.postfix import running_postfix

from mailer.app import open_app
from mailer.ops.catcher import Catcher

pytestmark = [pytest.mark.postfix, pytest.mark.xdist_group("postfix"), pytest.mark.slow]

BOUNCES = "returns.example.org"
REPLIES = {
    "dead": "550 5.1.1 <{address}>: there is nobody of that name",
    "gone": "550 User unknown",
    "full": "552 5.2.2 The mailbox is over its quota",
    "filter": "554 5.7.1 Our policy does not let this in",
    "fault": "550 5.7.26 This sender is not authenticated",
}
SORTS = ["dead"] * 12 + ["gone"] * 4 + ["full"] * 2 + ["filter"] + ["fault"]


class Refusing(Catcher):
    """The world behind the relay: what it says to a reader stands in the address."""

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        sort = address.partition("-")[0]
        if sort in REPLIES:
            return REPLIES[sort].format(address=address)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as server:
        yield server


@pytest.fixture
def news(tmp_path: Path, dovecot: Dovecot) -> Iterator[Program]:
    """A publication whose relay is Postfix, and whose bounces go to Dovecot."""
    variables = {
        "SSL_CERT_FILE": str(dovecot.certificate),
        "MAILER_BOUNCES__IMAP_PASSWORD": PASSWORD,
    }
    program = Program(tmp_path / "news", variables)
    program.ok("init", str(program.folder))
    with Refusing() as world, running_postfix(world.port, {BOUNCES: dovecot.lmtp}) as port:
        program.configure("smtp://localhost:25", f"smtp://127.0.0.1:{port}")
        program.configure('address = ""', 'address = "1 Street"\neditor = "ed@example.org"')
        with (program.folder / "mailer.toml").open("a", encoding="utf-8") as toml:
            toml.write(
                f'[bounces]\naddress = "bounces@{BOUNCES}"\nimap = "{dovecot.url}"\n'
                'imap_after = "delete"\n'
            )
        yield program


def test_every_copy_that_comes_back_finds_its_reader(news: Program, dovecot: Dovecot) -> None:
    """Dead addresses are suppressed, and nobody else; the mailbox is empty afterwards."""
    people = [f"{sort}-{n}@example.org" for n, sort in enumerate([*SORTS, "well", "well"])]
    readers = news.folder / "readers.csv"
    readers.write_text("\n".join(["email", *people]), encoding="utf-8")
    news.ok("subscriber", "import", str(readers), "--confirmed", "a form")
    (news.folder / "issues/2021-01.md").write_text(JANUARY, encoding="utf-8")
    sent = news.json("send", "issues/2021-01.md", "--yes")
    assert sent["counts"]["sent"] == len(people)
    until(lambda: dovecot.unread == len(SORTS))
    messages = news.json("bounce", "fetch")
    reports = [report for message in messages for report in message["reports"]]
    assert sorted(report["recipient"] for report in reports) == sorted(people[: len(SORTS)])
    assert {report["proof"] for report in reports} == {"token"}
    assert Counter(report["effect"] for report in reports) == {
        "suppressed": SORTS.count("dead") + SORTS.count("gone"),
        "counted": SORTS.count("full"),
        "noted": 1,
        "told": 1,
    }
    store = open_app(news.folder).store
    for person in people:
        assert bool(store.show(person).suppressions) is person.startswith(("dead", "gone"))
    assert news.json("bounce", "fetch") == []
