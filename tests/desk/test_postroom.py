from __future__ import annotations

from pathlib import Path

import letterbox
import newsroom
import pytest
import sqlalchemy as sa

from mailer.app import App, open_app
from mailer.desk import notice_texts
from mailer.desk.notice_texts import faults_of, written
from mailer.desk.postroom import Postroom
from mailer.errors import ConfigError
from mailer.ledger import budgets, editions, notices
from mailer.ledger.notices import Kind, Order
from mailer.ledger.schema import notices as table
from mailer.model.delivery import State
from mailer.sender.throttle.budget import reserve
from mailer.web.words import languages

ANN = "ann@example.org"


def order(app: App, kind: Kind = Kind.CONFIRM, to: str = ANN, lang: str = "en") -> None:
    with app.database.write() as c:
        notices.order(c, Order(kind, to, lang, "Monthly <b>", b"s" * 16, b"t" * 16))


def test_every_text_of_ours_can_be_mailed_in_every_language(newsroom: newsroom.Newsroom) -> None:
    """With its link, and no slot that a stranger would leave empty."""
    for lang in languages():
        for kind in Kind:
            text = written(newsroom.app, kind, lang)
            assert text.lang == lang, f"{kind} has no text in {lang}"
            assert faults_of(kind, text) == []


def test_a_notice_is_composed_as_an_issue_is(newsroom: newsroom.Newsroom) -> None:
    """In the publication's theme, escaped where it must be, by a program; what it said is kept."""
    order(newsroom.app)

    assert Postroom(newsroom.app, print).mail_due()

    [mail] = letterbox.read(newsroom.app.folder / "copies")
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["List-Unsubscribe"] is None
    assert "Monthly &lt;b&gt;" in mail.html
    assert 'class="mast"' in mail.html
    assert "1 Example Street" in mail.text
    with newsroom.app.database.read() as c:
        edition_id = c.scalar(sa.select(table.c.edition_id))
        assert editions.load(c, edition_id).title == "One click, and it comes"


def test_the_message_id_is_the_same_on_every_attempt(newsroom: newsroom.Newsroom) -> None:
    """Who gets both copies may tell that they are one (RFC 5322 §3.6.4)."""
    order(newsroom.app)
    folder = newsroom.app.folder / "copies"
    Postroom(newsroom.app, print).mail_due()
    [first] = letterbox.read(folder)
    for path in folder.iterdir():
        path.unlink()
    with newsroom.app.database.write() as c:  # as a sender that died would leave it
        c.execute(table.update().values(state=State.SENDING, due_at=table.c.created_at))

    Postroom(newsroom.app, print).mail_due()

    [second] = letterbox.read(folder)
    assert second.message["Message-ID"] == first.message["Message-ID"]


def test_trouble_is_told_without_anybodys_address_and_put_off(
    newsroom: newsroom.Newsroom,
) -> None:
    """A relay that is not there is waited for; the next notice is not held up by the last one."""
    (newsroom.app.folder / "copies").write_text("in the way")
    order(newsroom.app)
    told: list[str] = []

    assert not Postroom(newsroom.app, told.append).mail_due()

    assert told
    assert ANN not in told[0]
    with newsroom.app.database.read() as c:
        state, due = c.execute(sa.select(table.c.state, table.c.due_at)).one()
    assert state == State.DEFERRED
    assert due is not None


def test_a_notice_counts_against_the_relays_quotas_and_waits_for_none(
    newsroom: newsroom.Newsroom,
) -> None:
    """What a person waits for goes, and issues take what is left."""
    url = 'url = "folder:copies"'
    newsroom.write(url, f"{url}\nmessages_per_day = 2", "mailer.toml")
    app = newsroom.app = open_app(newsroom.app.folder)
    for number in range(3):
        order(app, to=f"reader{number}@example.org")

    assert Postroom(app, print).mail_due()

    assert len(letterbox.read(app.folder / "copies")) == 3
    [route] = app.routes()
    with app.database.write() as c:
        used = budgets.load(c, route.name)
    assert reserve(route.limits, used, 1, app.now()).period == "day"


def test_an_editors_text_wins_in_its_language(newsroom: newsroom.Newsroom) -> None:
    """`mail/KIND.md` in the one that it names or else the publication's, `mail/KIND.LANG.md` in
    another; without it ours."""
    folder = newsroom.app.folder / "mail"
    for name in ("welcome.md", "welcome.de.md"):
        (folder / name).write_text(f"---\ntitle: {name}\n---\nHello.\n")

    def source(lang: str) -> Path:
        return Path(written(newsroom.app, Kind.WELCOME, lang).where)

    assert [source(lang).name for lang in ("en", "de", "de-AT", "fr", "tlh")] == [
        *("welcome.md", "welcome.de.md", "welcome.de.md", "welcome.md", "welcome.md")
    ]
    assert source("fr").parent.name == "fr"
    assert source("tlh").parent == folder
    (folder / "welcome.md").write_text("---\ntitle: Bienvenue\nlang: fr\n---\nBonjour.\n")
    assert source("fr").parent == folder
    assert source("en").parent.name == "en"


def test_a_new_publication_has_the_texts_to_change(newsroom: newsroom.Newsroom) -> None:
    """Each says its language: who makes the publication German gets no English mail by that."""
    texts = {path.stem for path in (newsroom.app.folder / "mail").iterdir()}
    assert texts == set(Kind)
    notice_texts.require_sound(newsroom.app)
    newsroom.write('lang = "en"', 'lang = "de"', "mailer.toml")
    german = open_app(newsroom.app.folder)

    assert written(german, Kind.CONFIRM, "de").lang == "de"
    assert written(german, Kind.CONFIRM, "en").where.startswith(str(newsroom.app.folder))


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("confirm.md", "Hello.", "lacks its link: write [some words](#confirm)"),
        ("access.md", "[x](#confirm)", "lacks its link: write [some words](#access)"),
        ("welcome.md", "[x](#there)", "a link to #there leads nowhere: use one of #confirm"),
        ("welcome.md", "Dear {{ first_name }}", 'write {{ first_name | default("…") }}'),
        ("welcome.md", "{% if x %}", "an issue has slots and no statements"),
        ("hello.md", "Hello.", "no mail of that name: use one of confirm, invite, known"),
    ],
)
def test_a_fault_in_a_text_is_said_before_anything_is_served(
    newsroom: newsroom.Newsroom, name: str, text: str, fault: str
) -> None:
    """Naming the file and how to mend it."""
    path = newsroom.app.folder / "mail" / name
    path.write_text(f"---\ntitle: Hello\n---\n{text}\n")

    with pytest.raises(ConfigError) as raised:
        notice_texts.require_sound(newsroom.app)

    assert str(path) in str(raised.value)
    assert fault in str(raised.value)
