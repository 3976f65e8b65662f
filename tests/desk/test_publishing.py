"""After the fact: old issues in the archive, and errata on the page of an issue that is out."""

from __future__ import annotations

import pytest
from newsroom import Newsroom

from mailer.desk import comparing, offer, publishing
from mailer.errors import IssueRefused, NotFound, UsageError
from mailer.ledger import archive, editions
from mailer.model.edition import Edition


def publish(newsroom: Newsroom) -> bool:
    return publishing.publish(newsroom.app, newsroom.compose())


def correct(newsroom: Newsroom, note: str = "The number was wrong.") -> bool:
    return publishing.correct(newsroom.app, newsroom.compose(), note)


def send(newsroom: Newsroom) -> int:
    newsroom.add(1)
    composition = newsroom.compose()
    made = offer.offer(newsroom.app, composition, None, False, None)
    return offer.begin(newsroom.app, composition, made)


def page(newsroom: Newsroom, lang: str = "en") -> Edition | None:
    with newsroom.app.database.read() as c:
        return archive.shown(c, "2021-01", lang)


def notes(newsroom: Newsroom, lang: str = "en") -> list[str]:
    with newsroom.app.database.read() as c:
        return [erratum.note for erratum in archive.notes(c, "2021-01", lang)]


def translate(newsroom: Newsroom) -> None:
    """From now on the file is the German one."""
    newsroom.write('title: "January"', 'lang: de\ntitle: "Januar"')


def test_an_issue_is_published_once_and_again_where_the_file_changed(newsroom: Newsroom) -> None:
    """Nobody is mailed and no note is needed."""
    assert page(newsroom) is None
    assert publish(newsroom)
    assert not publish(newsroom)
    newsroom.write("Disentangled", "Entangled")
    assert publish(newsroom)
    shown = page(newsroom)
    assert shown is not None
    assert "Entangled" in shown.page
    assert notes(newsroom) == []


def test_an_issue_with_errors_is_not_published(newsroom: Newsroom) -> None:
    newsroom.write("Words and", "TODO")
    with pytest.raises(IssueRefused, match="1 error"):
        publish(newsroom)
    assert page(newsroom) is None


def test_an_issue_that_was_sent_is_corrected_not_published(newsroom: Newsroom) -> None:
    """The refusal names the command."""
    send(newsroom)
    newsroom.write("Disentangled", "Entangled")
    with pytest.raises(UsageError, match=r"was sent.*issue correct"):
        publish(newsroom)


def test_a_correction_mends_the_page_and_leaves_what_was_sent(newsroom: Newsroom) -> None:
    """Several times; all notes stay."""
    dispatch_id = send(newsroom)
    newsroom.write("Disentangled", "Entangled")
    assert correct(newsroom, "  The adjective\n was wrong. ")
    newsroom.write("Entangled", "Tangled")
    assert correct(newsroom, "It was still wrong.")
    assert notes(newsroom) == ["It was still wrong.", "The adjective was wrong."]
    shown = page(newsroom)
    assert shown is not None
    assert "Tangled" in shown.page
    with newsroom.app.database.read() as c:
        assert "Disentangled" in editions.load(c, dispatch_id).page


def test_the_same_correction_twice_is_one(newsroom: Newsroom) -> None:
    """A note alone, without a change of the file, is a correction too."""
    publish(newsroom)
    assert correct(newsroom)
    assert not correct(newsroom)
    assert correct(newsroom, "And another thing.")
    assert len(notes(newsroom)) == 2


def test_only_what_is_out_can_be_corrected(newsroom: Newsroom) -> None:
    with pytest.raises(UsageError, match="neither sent nor published"):
        correct(newsroom)


@pytest.mark.parametrize(
    ("note", "said"),
    [("", "empty"), (" \n ", "empty"), ("a\x1b[31mb", "control"), ("x" * 2001, "over 2,000")],
)
def test_a_note_has_to_say_something_that_a_page_can_show(
    newsroom: Newsroom, note: str, said: str
) -> None:
    publish(newsroom)
    with pytest.raises(UsageError, match=said):
        correct(newsroom, note)
    assert notes(newsroom) == []


def test_one_language_leaves_the_other_as_it_is(newsroom: Newsroom) -> None:
    """A translation of what was sent is published, corrected and compared by itself."""
    send(newsroom)
    translate(newsroom)
    with pytest.raises(UsageError, match=r"2021-01 \(de\) was neither"):
        correct(newsroom)
    with pytest.raises(NotFound, match=r"2021-01 \(de\): no version"):
        comparing.compare_file(newsroom.app, newsroom.compose())
    assert publish(newsroom)
    assert not publish(newsroom)
    newsroom.write("Disentangled", "Entangled")
    found = comparing.compare_file(newsroom.app, newsroom.compose())
    assert found.difference.summary() == "changed “DeBERTa”"
    assert correct(newsroom, "Das Wort war falsch.")
    assert (notes(newsroom), notes(newsroom, "de")) == ([], ["Das Wort war falsch."])
    english, german = page(newsroom), page(newsroom, "de")
    assert english is not None
    assert german is not None
    assert (english.title, german.title) == ("January", "Januar")


def test_the_page_has_one_address_in_each_language(newsroom: Newsroom) -> None:
    """The plain one is that of the publication's; the message links to its own."""
    url = publishing.page_url(newsroom.app, newsroom.compose())
    assert url == "https://news.example.org/issues/2021-01"
    translate(newsroom)
    composition = newsroom.compose()
    url = publishing.page_url(newsroom.app, composition)
    assert url == "https://news.example.org/issues/2021-01?lang=de"
    _, edition = composition.complete()
    for part in (edition.html, edition.text):
        assert url in "".join(piece for piece in part if isinstance(piece, str))
