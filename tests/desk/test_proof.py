"""Before the first copy leaves, every reader is looked at, and the copies that may go wrong."""

from __future__ import annotations

import tracemalloc

import pytest
from newsroom import Newsroom

from mailer.desk import dispatches, offer, proof
from mailer.desk.offer import Move, Offer
from mailer.desk.proof import Proof
from mailer.errors import IssueRefused
from subscribers import audience


def offered(newsroom: Newsroom, late: bool = False) -> Offer:
    return offer.offer(newsroom.app, newsroom.compose(), None, late, None)


def seen(newsroom: Newsroom) -> Proof:
    found = offered(newsroom).proof
    assert found is not None
    return found


def test_a_small_audience_is_joined_to_the_last_copy(newsroom: Newsroom) -> None:
    """The largest is that of the longest value."""
    newsroom.add(20)
    newsroom.add(1, start=20, first_name="Ann")
    short = seen(newsroom)
    newsroom.add(1, start=21, first_name="Ödön" * 100)
    long = seen(newsroom)
    assert (short.readers, short.joined) == (21, 21)
    assert (long.readers, long.joined) == (22, 22)
    assert long.octets > short.octets + 1000


def test_of_a_large_audience_the_longest_and_a_sample_are_joined(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The longest, wherever it is; the same sample every time."""
    monkeypatch.setattr(audience, "MAX_BATCH", 100)
    for name, value in (("LONGEST", 5), ("SAMPLE", 20)):
        monkeypatch.setattr(proof, name, value)
    newsroom.add(350)
    newsroom.add(1, start=350, first_name="x" * 2000)
    newsroom.add(50, start=351)
    told: list[int] = []
    made = offer.offer(newsroom.app, newsroom.compose(), None, False, None, told.append)
    assert told == [100, 100, 100, 100, 1]
    assert made.proof == seen(newsroom)
    assert made.proof is not None
    assert 20 <= made.proof.joined <= 25
    assert made.proof.octets > 6000


def test_a_reader_without_a_value_stops_the_send_and_is_named(newsroom: Newsroom) -> None:
    """A blank value is none; each slot has its line with a count."""
    newsroom.write("Hello", "Hello from {{ city }} in {{ country }}, {{ city }}:")
    newsroom.add(3, city="Wien", country="AT")
    newsroom.add(1, start=3, city="", country="HU")
    newsroom.add(1, start=4, country="HU")
    newsroom.add(1, start=5, city=" \u2003\t", country="HU")
    newsroom.add(1, start=6, city="Graz")
    with pytest.raises(IssueRefused) as refused:
        offered(newsroom)
    city, country = str(refused.value).splitlines()
    assert city.startswith("slot {{ city }}: 3 readers have no value for it (reader3@example.org)")
    assert country.startswith("slot {{ country }}: 1 reader has no value for it (reader6@")
    assert dispatches.listed(newsroom.app) == []


def test_a_default_is_enough(newsroom: Newsroom) -> None:
    """But one default does not stand for a slot of the same name that has none."""
    newsroom.write("Hello", 'Hello from {{ city | default("afar") }}:')
    newsroom.add(2)
    assert seen(newsroom).readers == 2
    newsroom.write("afar", 'afar") }} or {{ city }}, or {{ city | default("near')
    with pytest.raises(IssueRefused, match=r"slot \{\{ city \}\}: 2 readers"):
        offered(newsroom)


def test_who_is_not_mailed_need_have_no_value(newsroom: Newsroom) -> None:
    """Neither who unsubscribed nor, with --late, who has the issue already."""
    newsroom.add(2)
    begun = offered(newsroom)
    offer.begin(newsroom.app, newsroom.compose(), begun)
    dispatches.cancel(newsroom.app, 1)
    newsroom.write("Hello", "Hello from {{ city }}:")
    newsroom.add(1, start=2, city="Wien")
    for number in (0, 1):
        address = f"reader{number}@example.org"
        newsroom.app.store.unsubscribe(address, None, "a test", newsroom.app.now())
    late = offered(newsroom, late=True)
    assert (late.move, late.count) == (Move.BEGIN, 1)
    assert late.proof is not None
    assert late.proof.readers == 1


def test_values_that_make_the_mail_too_large_stop_the_send(newsroom: Newsroom) -> None:
    """Gmail would hide the rest of that reader's copy, the unsubscribe link with it."""
    newsroom.write("Words and pictures.", "{{ a }} {{ a }} {{ a }} {{ a }} {{ a }} {{ a }}" * 2)
    newsroom.add(1200, a="short")
    newsroom.add(1, start=1200, a="x" * 9000)
    with pytest.raises(IssueRefused) as refused:
        offered(newsroom)
    assert "the copy of reader1200@example.org has 11" in str(refused.value)
    assert "bytes of HTML" in str(refused.value)
    assert "mailer subscriber show reader1200@example.org" in str(refused.value)


def test_memory_does_not_grow_with_the_audience(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four times the readers, the same peak."""
    monkeypatch.setattr(audience, "MAX_BATCH", 200)
    for name, value in (("LONGEST", 20), ("SAMPLE", 20)):
        monkeypatch.setattr(proof, name, value)
    peaks = []
    for start, count in ((0, 1000), (1000, 3000)):
        newsroom.add(count, start=start, first_name="Ann")
        composition = newsroom.compose()
        tracemalloc.start()
        offer.offer(newsroom.app, composition, None, False, None)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2
