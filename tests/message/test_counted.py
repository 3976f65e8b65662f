from __future__ import annotations

from mailer.message.counted import Target, counted, targets
from mailer.model.slot import Slot, SlotKind, Slotted

BASE = "https://news.example.org"
SLOT = Slot("who", None, SlotKind.URL)
HTML: Slotted = (
    '<html><body><a href="https://example.org/?a=1&amp;b=2" aria-label="paper: A &amp; B">A</a>'
    '<a class="x" href="https://example.org/two">two</a> <a href="https://example.org/two">2</a>'
    f'<a href="{BASE}/issues/2021-01">web</a><a href="mailto:e@example.org">mail</a>'
    '<a name="here">here</a><a href="https://example.org/?who=',
    SLOT,
    '">yours</a></body></html>',
)


def test_the_links_of_others_are_found_once_with_their_names() -> None:
    """Neither our own pages, nor mail, nor an address that differs from reader to reader."""
    assert targets(HTML, BASE) == [
        Target("https://example.org/?a=1&b=2", "paper: A & B"),
        Target("https://example.org/two", ""),
    ]


def test_those_with_another_address_lead_there() -> None:
    """The rest stays to the letter."""
    others = {"https://example.org/?a=1&b=2": f"{BASE}/l/1/1"}

    led = counted(HTML, others.get)

    assert led[0] == str(HTML[0]).replace("https://example.org/?a=1&amp;b=2", f"{BASE}/l/1/1")
    assert led[1:] == HTML[1:]
    assert counted(HTML, {}.get) == HTML


def test_a_picture_that_nobody_sees_ends_the_body() -> None:
    """Where the HTML has one."""
    led = counted(HTML, {}.get, f"{BASE}/o/1.gif")

    pixel = f'<img src="{BASE}/o/1.gif" alt="" width="1" height="1"></body></html>'
    assert str(led[-1]).endswith(pixel)
    assert counted((SLOT,), {}.get, "x") == (SLOT,)
