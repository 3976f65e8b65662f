"""A copy joined from a stencil is a valid message with the recipient's own values."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from mailer.message.stencil import ListHeader, MissingValue, Stencil, compile_stencil
from mailer.model.edition import Edition, PictureFile
from mailer.model.slot import Slot, SlotKind

StencilOf = Callable[..., Stencil]
RUSSIAN = "Нейродайджест: главное из области машинного обучения за январь. " * 20


def parsed(copy: bytes) -> EmailMessage:
    message = email.message_from_bytes(copy, policy=email.policy.default)
    assert not message.defects
    return message


def part(copy: bytes, subtype: str) -> str:
    body = parsed(copy).get_body((subtype,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_a_copy_is_a_message_with_both_parts(stencil_of: StencilOf, values: dict[str, str]) -> None:
    """multipart/alternative, text first (RFC 2046 §5.1.4), each with its value."""
    copy = stencil_of().personalise(values)
    message = parsed(copy)
    assert [p.get_content_type() for p in message.iter_parts()] == ["text/plain", "text/html"]
    assert part(copy, "plain") == "Hello Ann\n"
    assert part(copy, "html") == "<p>Hello Ann</p>\n"


@pytest.mark.parametrize("blank", ["", "  ", "\u00a0\u3000", "\t\n", "\x01\x02"])
def test_a_default_stands_where_the_value_is_missing_or_blank(
    stencil_of: StencilOf, values: dict[str, str], blank: str
) -> None:
    """A blank first name greets a reader, not nobody; nor is it one where there is no default."""
    blanked = {**values, "first_name": blank}
    assert part(stencil_of().personalise(blanked), "plain") == "Hello reader\n"
    with pytest.raises(MissingValue, match="first_name"):
        stencil_of(text=("Hello ", Slot("first_name"), "\n")).personalise(blanked)


def test_a_slot_without_value_and_default_is_named(
    stencil_of: StencilOf, values: dict[str, str]
) -> None:
    """The delivery fails with the slot's name; nothing is sent with a hole in it."""
    with pytest.raises(MissingValue, match="city"):
        stencil_of(text=("In ", Slot("city"), "\n")).personalise(values)


def test_every_header_of_a_bulk_message_is_there_once(
    stencil_of: StencilOf, values: dict[str, str]
) -> None:
    """RFC 5322 §3.6, RFC 2919, RFC 8058; the List-* fields stand unencoded on one line."""
    copy = stencil_of(reply_to="Čapek <c@example.org>").personalise(values)
    head = copy.partition(b"\r\n\r\n")[0]
    names = [line.split(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")]
    assert sorted(names) == sorted(set(names))
    assert b"\r\nList-Id: Monthly <monthly.example.org>\r\n" in head
    assert b"\r\nList-Unsubscribe: <https://news.example.org/u/AQE_-token>\r\n" in head
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in head
    assert b"\r\nFeedback-ID: 7:monthly:issue:neurodigest\r\n" in head
    assert b"\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n" in head
    assert b"\r\nX-Delivery-Token: aeaaaaaaaeaaaaaaaaba\r\n" in head
    assert str(parsed(copy)["Reply-To"]) == "Čapek <c@example.org>"


def test_a_letter_to_one_person_names_no_list(
    edition_with: Callable[..., Edition], values: dict[str, str]
) -> None:
    """It says that a program wrote it (RFC 3834 §5), and there is nothing to unsubscribe from."""
    copy = compile_stencil(edition_with(), None).personalise(values)
    names = {name.lower() for name in parsed(copy)}
    assert {"auto-submitted", "x-auto-response-suppress"} < names
    assert not [name for name in names if name.startswith("list-")]
    assert not {"feedback-id", "x-delivery-token"} & names
    assert b"\r\nAuto-Submitted: auto-generated\r\n" in copy


def test_a_list_title_outside_ascii_is_left_out_of_list_id() -> None:
    """A List-* field is never encoded."""
    assert ListHeader("m.example.org", "Месяц", "1:m:issue:news").render() == "<m.example.org>"


def test_a_list_title_that_would_make_the_line_too_long_is_left_out() -> None:
    """List-Id is not folded, and no line has 998 octets."""
    assert (
        ListHeader("m.example.org", "long " * 300, "1:m:issue:news").render() == "<m.example.org>"
    )


def test_a_part_in_another_script_leaves_as_base64(
    stencil_of: StencilOf, values: dict[str, str]
) -> None:
    """Base64 where that is shorter; the slots in it are filled all the same."""
    text = (RUSSIAN, Slot("first_name", "reader"), "!\n" + RUSSIAN + "\n")
    copy = stencil_of(text=text).personalise({**values, "first_name": "Анна"})
    assert b"Content-Transfer-Encoding: base64" in copy
    assert part(copy, "plain") == f"{RUSSIAN}Анна!\n{RUSSIAN}\n"


def test_a_slot_in_the_subject_is_encoded_for_a_header(
    stencil_of: StencilOf, values: dict[str, str]
) -> None:
    """The whole field is written anew with the value in it."""
    subject = (Slot("first_name", "you", SlotKind.HEADER), ": the month")
    copy = stencil_of(subject=subject).personalise({**values, "first_name": "Зоя\r\nBcc: x"})
    assert parsed(copy)["Subject"] == "Зоя  Bcc: x: the month".replace("  ", " ")
    assert "Bcc" not in parsed(copy)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (SlotKind.HTML, "a&lt;b&amp; &quot;c&quot;"),
        (SlotKind.URL, "a%3Cb%26%20%22c%22"),
        (SlotKind.TEXT, 'a<b& "c"'),
    ],
)
def test_a_value_is_escaped_for_the_place_it_stands_in(
    stencil_of: StencilOf, values: dict[str, str], kind: SlotKind, expected: str
) -> None:
    """HTML, one URL component, or plain text."""
    copy = stencil_of(html=("[", Slot("x", None, kind), "]\n")).personalise(
        {**values, "x": 'a<b& "c"'}
    )
    assert part(copy, "html") == f"[{expected}]\n"


def test_pictures_that_the_message_carries_stand_beside_its_html(
    edition_with: Callable[..., Edition], values: dict[str, str]
) -> None:
    """multipart/related inside multipart/alternative (RFC 2387, RFC 2392), bytes unchanged."""
    files = [PictureFile(f"{n}.png", "image/png", 1, 1, bytes([n]) * 999) for n in (1, 2)]
    html = '<img src="cid:1.png@pictures.invalid"><img src="https://news.example.org/2.png">'
    edition = edition_with(html=(html,), pictures=("1.png", "2.png"))
    header = ListHeader("monthly.example.org", "Monthly", "1:monthly:issue:news")
    copy = compile_stencil(edition, header, files).personalise(values)
    plain, related = parsed(copy).iter_parts()
    rich, picture = related.iter_parts()
    assert plain.get_content_type() == "text/plain"
    assert related.get_content_type() == "multipart/related"
    assert related.get_param("type") == "text/html"
    assert rich.get_content().strip() == html
    assert (picture.get_content_type(), picture["Content-ID"]) == (
        "image/png",
        "<1.png@pictures.invalid>",
    )
    assert picture.get_content_disposition() == "inline"
    assert picture.get_content() == files[0].content
    assert part(copy, "html").strip() == html


def test_a_letter_to_one_person_is_marked_as_automatic_and_of_no_list(
    edition_with: Callable[..., Edition], values: dict[str, str]
) -> None:
    """RFC 3834 §5: nobody's absence is announced to us, and there is nothing to unsubscribe."""
    copy = compile_stencil(edition_with(), None).personalise(values)
    assert parsed(copy)["Auto-Submitted"] == "auto-generated"
    assert parsed(copy)["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert not [name for name in parsed(copy).keys() if name.startswith("List-")]  # noqa: SIM118
