"""What is read together is what is read row by row."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from subscribers.errors import BadValue, SubscribersError
from subscribers.importing import delimited
from subscribers.importing.formats import FORMATS, PLAIN, Format
from subscribers.importing.glance import Glance
from subscribers.importing.header import parse
from subscribers.importing.meaning import Claim
from subscribers.importing.rows import Source
from subscribers.importing.staging import Row, row
from subscribers.importing.table import Record
from subscribers.kinds import AttributeKind, Definition

_AT = dt.datetime(2021, 1, 31, tzinfo=dt.UTC)
_KINDS = {
    "age": Definition("age", AttributeKind.NUMBER, (), "number_1"),
    "plan": Definition("plan", AttributeKind.CHOICE, ("Free", "paid"), "text_1"),
}
_OURS = next(each for each in FORMATS if each.name == "mailer")
_BUTTONDOWN = next(each for each in FORMATS if each.name == "buttondown")
_WORDS = (
    *("anna@example.org", " Ben@Example.COM ", "jörg@example.org", "a@b", "a@b--c.org", "@", ""),
    *("Köln", ' "quoted" \\ ', "'=1+1", "'", "a\tb\nc", "bell\a", "half \ufffd", "\u00a0x\u00a0"),
    *(
        "2020-05-03",
        "2031-01-01",
        "confirmed",
        "bounced",
        "regular",
        "removed",
        "spam, say",
        "1.2.3.4",
    ),
    *("12", "-0.5", "free", "PAID", "x" * 9_990, "x" * 10_001, '{"town": "Bonn"}', "vip, old"),
)


def _source(
    known: Format, headings: tuple[str, ...], kinds: Mapping[str, Definition], confirmed: str | None
) -> Source:
    header = parse(headings, known, {}, frozenset())
    return Source(
        known, header, Claim.SUBSCRIBED, confirmed, kinds, frozenset(), _AT, known.defused
    )


_SOURCES = (
    _source(PLAIN, ("email",), {}, None),
    _source(PLAIN, ("plan", "email", "joined", "", "tags", "age"), _KINDS, "a fair"),
    _source(PLAIN, ("town", "consent", "email", "company"), {}, "a fair"),
    _source(_OURS, ("email", "status", "joined_at", "consent", "consent_ip", "town"), {}, None),
    _source(
        _BUTTONDOWN,
        ("email", "subscriber_type", "creation_date", "ip_address", "unsubscription_date", "note"),
        {},
        None,
    ),
    _source(PLAIN, ("email", "attributes", "town"), {}, "a fair"),
)


def _closely(source: Source, record: Record) -> Row | None:
    try:
        entry = source.entry(record)
    except SubscribersError:
        return None
    return None if entry is None else row(entry)


@st.composite
def _rows(draw: st.DrawFn) -> tuple[Source, list[Record]]:
    source = draw(st.sampled_from(_SOURCES))
    width = len(source.header.headings)
    words = st.lists(st.sampled_from(_WORDS), min_size=width, max_size=width)
    ragged = st.lists(st.sampled_from(_WORDS), max_size=width + 1)
    rows = draw(st.lists(st.one_of(words, words, words, ragged), max_size=12))
    return source, [
        _with_an_address(source, number, cells, draw) for number, cells in enumerate(rows)
    ]


def _with_an_address(source: Source, number: int, cells: list[str], draw: st.DrawFn) -> Record:
    """Most of them: else hardly a row would get any further."""
    if len(cells) > source.header.address and draw(st.integers(0, 3)):
        cells[source.header.address] = f"Reader{number}@example.org"
    return Record(number, cells)


@given(_rows())
@settings(max_examples=60, deadline=None)
def test_a_glance_at_many_rows_finds_what_a_close_look_at_each_does(
    drawn: tuple[Source, list[Record]],
) -> None:
    source, records = drawn
    for record, found in zip(records, Glance(source).rows(records), strict=True):
        assert found is None or found == _closely(source, record)


@pytest.mark.parametrize("source", _SOURCES[:4])
def test_a_glance_is_enough_for_an_ordinary_row(source: Source) -> None:
    ordinary = {"email": "anna@example.org", "status": "confirmed", "joined_at": "2020-05-03"}
    ordinary |= {"joined": "2020-05-03", "plan": "free", "age": "12", "town": "Köln"}
    cells = [ordinary.get(heading, "") for heading in source.header.headings]
    faulty = [*cells[:-1], "bell\a"] if len(cells) > 1 else ["@"]
    good, bad = Glance(source).rows([Record(2, cells), Record(3, faulty)])
    assert good == _closely(source, Record(2, cells))
    assert good is not None
    assert bad is None


def test_blanks_around_a_value_count_at_a_glance_too() -> None:
    source = _SOURCES[2]
    for town in (f"x{' ' * 10_000}", " " * 10_001):
        assert Glance(source).rows([Record(2, [town, "", "anna@example.org", ""])]) == [None]
        with pytest.raises(BadValue, match="town: has 10,001 characters"):
            source.entry(Record(2, [town, "", "anna@example.org", ""]))


@given(st.lists(st.sampled_from(('"', ",", "a", "\n", "\r", "\r\n", " ", '"x\ny"', "ä"))))
@example(["a", "\n", '"', ",", "\n", "a"])
@settings(max_examples=100, deadline=None)
def test_a_table_is_cut_alike_in_blocks_of_any_length(parts: list[str]) -> None:
    text = f"email,town\n{''.join(parts)}"

    def cut(block: int) -> list[Record]:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(delimited, "_BLOCK", block)
            return list(delimited.table(io.StringIO(text, newline=""), "", "UTF-8").records)

    assert cut(0) == cut(3) == cut(1 << 18)
