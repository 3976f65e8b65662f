"""What was approved is what is sent, to the byte; anything else is refused with what changed."""

from __future__ import annotations

import pytest
from newsroom import Newsroom

from mailer.app import open_app
from mailer.desk import approving, comparing, dispatches, offer, reviewing
from mailer.desk.offer import Offer
from mailer.errors import IssueRefused, NotFound
from mailer.ledger import editions
from mailer.model.approval import Review, ReviewState


def demand(newsroom: Newsroom) -> None:
    """[send] approval = true."""
    file = newsroom.app.folder / "mailer.toml"
    file.write_text(file.read_text("utf-8") + "\n[send]\napproval = true\n", encoding="utf-8")
    newsroom.app.database.close()
    newsroom.app = open_app(newsroom.app.folder)


def approve(newsroom: Newsroom, by: str = "Ann") -> bool:
    return approving.approve(newsroom.app, newsroom.compose(), by)


def offered(newsroom: Newsroom) -> Offer:
    return offer.offer(newsroom.app, newsroom.compose(), None, False, None)


def test_nothing_is_sent_that_nobody_approved(newsroom: Newsroom) -> None:
    """Where mailer.toml says so; the refusal says what to do."""
    newsroom.add(1)
    assert offered(newsroom).count == 1
    demand(newsroom)
    with pytest.raises(IssueRefused, match=r"nobody has approved it.*issue approve .*2021-01\.md"):
        offered(newsroom)


def test_what_was_approved_is_sent(newsroom: Newsroom) -> None:
    """It stood in the database from the approval on; what is changed back is the same again."""
    newsroom.add(1)
    demand(newsroom)
    assert approve(newsroom)
    assert not approve(newsroom)
    version = newsroom.compose().complete()[1].content_hash
    with newsroom.app.database.read() as c:
        assert editions.of_version(c, version) is not None
    newsroom.write("CLIP", "CLAP")
    newsroom.write("CLAP", "CLIP")
    dispatch_id = offer.begin(newsroom.app, newsroom.compose(), offered(newsroom))
    sent = approving.of_dispatch(newsroom.app, dispatch_id)["en"]
    assert sent is not None
    assert (sent.by, sent.version) == ("Ann", version)


def asked(newsroom: Newsroom, reviewer: str = "bob@example.org") -> Review:
    (one,) = reviewing.ask(newsroom.app, newsroom.compose(), [reviewer], "Ann")
    return one.review


def test_what_is_sent_back_is_not_approved_any_longer(newsroom: Newsroom) -> None:
    """Whoever approved it, until somebody does so anew; the refusal has the reviewer's words."""
    newsroom.add(1)
    demand(newsroom)
    bob = asked(newsroom)
    approve(newsroom)
    assert offered(newsroom).count == 1
    reviewing.decide(newsroom.app, bob, ReviewState.SENT_BACK, "The number\nis wrong.")
    with pytest.raises(IssueRefused) as refused:
        offered(newsroom)
    assert "bob@example.org sent back the version that Ann approved" in str(refused.value)
    assert "“The number is wrong.”" in str(refused.value)
    assert approving.in_force(newsroom.app) == {}
    (word,) = approving.history(newsroom.app, newsroom.compose())
    assert (word.by, word.ended_by) == ("Ann", "bob@example.org")
    assert approve(newsroom)
    assert offered(newsroom).count == 1


def test_sending_another_version_back_ends_nothing(newsroom: Newsroom) -> None:
    """It is about the bytes that were shown, in one language."""
    newsroom.add(1)
    demand(newsroom)
    approve(newsroom)
    newsroom.write('title: "January"', 'lang: de\ntitle: "Januar"')
    reviewing.decide(newsroom.app, asked(newsroom), ReviewState.SENT_BACK, "Nein.")
    newsroom.write('lang: de\ntitle: "Januar"', 'title: "January"')
    assert offered(newsroom).count == 1


def test_an_old_link_cannot_undo_a_newer_approval(newsroom: Newsroom) -> None:
    """Approving a version withdraws the questions about others, also where it was approved
    before."""
    first = asked(newsroom)
    newsroom.write("Disentangled", "Entangled")
    approve(newsroom)
    assert not reviewing.decide(newsroom.app, first, ReviewState.APPROVED, "")
    newsroom.write("Entangled", "Tangled")
    second = asked(newsroom)
    newsroom.write("Tangled", "Entangled")
    assert not approve(newsroom)
    assert not reviewing.decide(newsroom.app, second, ReviewState.APPROVED, "")
    (word,) = approving.history(newsroom.app, newsroom.compose())
    assert word.version == newsroom.compose().complete()[1].content_hash


@pytest.mark.parametrize(
    ("old", "new", "file", "said"),
    [
        ("Disentangled", "Entangled", "issues/2021-01.md", "changed “DeBERTa”"),
        ("January", "February", "issues/2021-01.md", "subject, title; changed “the intro”"),
        ("1 Example Street", "2 Example Street", "mailer.toml", "changed “the imprint”"),
        ('theme = "digest"', 'theme = "letter"', "mailer.toml", "theme"),
    ],
)
def test_anything_else_is_refused_with_what_changed(
    newsroom: Newsroom, old: str, new: str, file: str, said: str
) -> None:
    """Whether the file or the publication around it is another."""
    newsroom.add(1)
    demand(newsroom)
    approve(newsroom)
    newsroom.write(old, new, file)
    newsroom.app.database.close()
    newsroom.app = open_app(newsroom.app.folder)
    with pytest.raises(IssueRefused) as refused:
        offered(newsroom)
    assert "not the version that Ann approved" in str(refused.value)
    assert f"what differs: {said}: see `mailer issue diff" in str(refused.value)
    assert dispatches.listed(newsroom.app) == []


def test_a_file_with_errors_cannot_be_approved(newsroom: Newsroom) -> None:
    newsroom.write("Words and", "TODO")
    with pytest.raises(IssueRefused, match="1 error"):
        approve(newsroom)
    assert approving.history(newsroom.app, newsroom.compose()) == []


def test_a_version_is_compared_with_the_approved_one_else_the_one_sent_last(
    newsroom: Newsroom,
) -> None:
    """Without either there is nothing to compare with."""
    newsroom.add(1)
    with pytest.raises(NotFound, match="nothing to compare with"):
        comparing.compare_file(newsroom.app, newsroom.compose())
    offer.begin(newsroom.app, newsroom.compose(), offered(newsroom))
    newsroom.write("Disentangled", "Entangled")
    sent = comparing.compare_file(newsroom.app, newsroom.compose())
    assert (sent.approval, sent.same, sent.difference.summary()) == (
        None,
        False,
        "changed “DeBERTa”",
    )
    approve(newsroom)
    approved = comparing.compare_file(newsroom.app, newsroom.compose())
    assert approved.same
    assert approved.approval is not None
