"""A colleague is asked about a frozen version, by mail, and the editor is told the verdict."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

import pytest
from newsroom import Newsroom

from mailer.app import App, open_app
from mailer.desk import approving, brief, post, reviewing
from mailer.errors import IssueRefused, UsageError
from mailer.model.approval import Review, ReviewState
from subscribers.errors import BadAddress


@pytest.fixture(autouse=True)
def _editor(newsroom: Newsroom) -> None:
    newsroom.write("timezone =", 'editor = "Ed <ed@example.org>"\ntimezone =', "mailer.toml")
    newsroom.app.database.close()
    newsroom.app = open_app(newsroom.app.folder)


def ask(newsroom: Newsroom, *to: str) -> list[reviewing.Asked]:
    return reviewing.ask(newsroom.app, newsroom.compose(), to or ("bob@example.org",), "Ann")


def decide(newsroom: Newsroom, review: Review, verdict: ReviewState, comment: str = "") -> bool:
    return reviewing.decide(newsroom.app, review, verdict, comment)


def letters(newsroom: Newsroom, to: str) -> list[EmailMessage]:
    found = sorted(
        newsroom.app.folder.glob(f"copies/{to}-*.eml"), key=lambda path: path.stat().st_mtime_ns
    )
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in found
    ]


def text(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def quoted(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    lines = body.get_content().splitlines()
    return "\n".join(line.removeprefix(">").strip() for line in lines if line.startswith(">"))


def test_each_colleague_is_mailed_a_link_of_their_own(newsroom: Newsroom) -> None:
    """Named once although given twice; the letter says who asks, what and until when."""
    bob, cy = ask(newsroom, "bob@example.org", "cy@example.org", "Bob@example.org ")[:2]
    assert bob.url != cy.url
    assert bob.trouble == ""
    (letter,) = letters(newsroom, "bob@example.org")
    assert letter["Subject"] == "Please look at: January"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe"] is None
    assert "Ed" in str(letter["Reply-To"])
    assert "Ann asks you to look at “January”" in text(letter)
    assert bob.url in text(letter).replace(" ", "")
    assert bob.review.version[:10] in text(letter)


def test_a_file_with_errors_or_a_wrong_address_asks_nobody(newsroom: Newsroom) -> None:
    with pytest.raises(BadAddress):
        ask(newsroom, "bob@example.org", "nobody")
    newsroom.write("Words and", "TODO")
    with pytest.raises(IssueRefused):
        ask(newsroom)
    assert reviewing.listed(newsroom.app, None) == []
    assert letters(newsroom, "bob@example.org") == []


def test_what_there_was_to_say_is_frozen_too(newsroom: Newsroom) -> None:
    """Outline and findings, whatever becomes of the file."""
    newsroom.write("https://example.org/clip", "http://example.org/clip")
    (asked,) = ask(newsroom)
    newsroom.write("CLIP", "CLAP")
    said = brief.from_json(asked.review.brief)
    assert said.summary == "intro · 2 items · sign-off"
    assert [(entry.title, entry.line) for entry in said.entries] == [("CLIP", 9), ("DeBERTa", 14)]
    assert [finding.rule for finding in said.findings] == ["link-http"]
    assert str(said.findings[0].where).endswith("2021-01.md:10")


def test_approving_approves_what_was_shown(newsroom: Newsroom) -> None:
    """Whatever has become of the file since."""
    (asked,) = ask(newsroom)
    assert not reviewing.has_changed(newsroom.app, asked.review)
    newsroom.write("Disentangled", "Entangled")
    assert reviewing.has_changed(newsroom.app, asked.review)
    assert decide(newsroom, asked.review, ReviewState.APPROVED)
    word = approving.history(newsroom.app, newsroom.compose())[0]
    assert (word.by, word.version) == ("bob@example.org", asked.review.version)
    assert word.version != newsroom.compose().complete()[1].content_hash


def test_where_the_file_is_not_at_hand_nobody_says_that_it_changed(newsroom: Newsroom) -> None:
    """A web host without the publication's folder."""
    (asked,) = ask(newsroom)
    newsroom.file.unlink()
    assert not reviewing.has_changed(newsroom.app, asked.review)


def test_sending_back_needs_words_and_approves_nothing(newsroom: Newsroom) -> None:
    (asked,) = ask(newsroom)
    for comment in ("", " \n", "x" * 10_001):
        with pytest.raises(UsageError):
            decide(newsroom, asked.review, ReviewState.SENT_BACK, comment)
    assert decide(newsroom, asked.review, ReviewState.SENT_BACK, "A typo.")
    assert not decide(newsroom, asked.review, ReviewState.APPROVED)
    assert approving.history(newsroom.app, newsroom.compose()) == []
    (found,) = reviewing.listed(newsroom.app, newsroom.compose())
    assert (found.state, found.comment) == (ReviewState.SENT_BACK, "A typo.")


def test_the_editor_is_told_each_verdict_once(newsroom: Newsroom) -> None:
    """In the colleague's own words, of whatever kind."""
    words = "There is *a* slip <b>here</b> in {{ first_name }}:\n\n1. `CLIP`\n::: more\n--- end"
    bob, cy = ask(newsroom, "bob@example.org", "cy@example.org")
    decide(newsroom, bob.review, ReviewState.SENT_BACK, words)
    decide(newsroom, cy.review, ReviewState.APPROVED)
    assert reviewing.tell(newsroom.app) == []
    assert reviewing.tell(newsroom.app) == []
    back, approved = letters(newsroom, "ed@example.org")
    assert back["Subject"] == "Sent back: January"
    assert quoted(back) == words
    assert "mailer issue review issues/2021-01.md --to bob@example.org" in text(back)
    assert approved["Subject"] == "Approved: January"
    assert "mailer send issues/2021-01.md" in text(approved)


def test_two_that_tell_at_once_tell_a_verdict_once(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one of them mails, the other leaves that verdict alone and tells the next."""
    bob, cy = ask(newsroom, "bob@example.org", "cy@example.org")
    decide(newsroom, bob.review, ReviewState.APPROVED)
    decide(newsroom, cy.review, ReviewState.APPROVED)
    mail, others = post.mail, [reviewing.tell]

    def mail_beside_another(app: App, to: str, written: str) -> str:
        if others:
            assert others.pop()(app) == []
        return mail(app, to, written)

    monkeypatch.setattr(post, "mail", mail_beside_another)
    assert reviewing.tell(newsroom.app) == []
    assert others == []
    assert len(letters(newsroom, "ed@example.org")) == 2


def test_a_verdict_that_cannot_be_mailed_waits(newsroom: Newsroom) -> None:
    """It is told with the next one, once the relay is back."""
    (asked,) = ask(newsroom)
    decide(newsroom, asked.review, ReviewState.APPROVED)
    newsroom.app.folder.joinpath("copies").rename(newsroom.app.folder / "away")
    newsroom.app.folder.joinpath("copies").touch()
    (trouble,) = reviewing.tell(newsroom.app)
    assert trouble.startswith("review 1: the editor could not be told: ")
    newsroom.app.folder.joinpath("copies").unlink()
    assert reviewing.tell(newsroom.app) == []
    assert len(letters(newsroom, "ed@example.org")) == 1


def test_a_link_that_cannot_be_mailed_is_told_and_works(newsroom: Newsroom) -> None:
    """The editor passes it on."""
    newsroom.app.folder.joinpath("copies").touch()
    (asked,) = ask(newsroom)
    assert "name another folder" in asked.trouble
    assert decide(newsroom, asked.review, ReviewState.APPROVED)


def test_a_withdrawn_question_takes_no_verdict(newsroom: Newsroom) -> None:
    (asked,) = ask(newsroom)
    assert reviewing.withdraw(newsroom.app, newsroom.compose()) == 1
    assert not decide(newsroom, asked.review, ReviewState.APPROVED)
