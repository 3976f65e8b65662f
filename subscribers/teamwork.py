"""The same done with each of many things, of a long row of them by two processes at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any, TypeVar

from subscribers.hand import Act, Hand, hand, is_worth_it, packed

_THEIRS = 3  # of four: whoever brings the things, and puts away what comes of them, has less time

_Thing = TypeVar("_Thing")


def shared(
    things: Iterable[_Thing],
    plain: Callable[[_Thing], Any],
    alone: int,
    make: Callable[..., Act],
    *given: Any,
) -> Iterator[tuple[_Thing, Any]]:
    """Each thing with what `make(*given)` makes of it, in order. `plain` makes of a thing what a
    second process can be sent, see `hand`; the first `alone` things are not worth its start."""
    act, rest = make(*given), iter(things)

    def done(thing: _Thing) -> tuple[_Thing, Any]:
        return thing, act(plain(thing))

    yield from map(done, islice(rest, alone))
    theirs = list(islice(rest, _THEIRS))
    if not (theirs and is_worth_it()):
        yield from map(done, chain(theirs, rest))
        return
    with hand(_to_each, make, given) as other:
        yield from _together(other, theirs, rest, done, plain)


def _together(
    other: Hand,
    theirs: list[_Thing],
    rest: Iterator[_Thing],
    done: Callable[[_Thing], tuple[_Thing, Any]],
    plain: Callable[[_Thing], Any],
) -> Iterator[tuple[_Thing, Any]]:
    """The other has its next things in hand before what came of the last is put away."""
    other.give(packed(list(map(plain, theirs))))
    while theirs:
        ours = list(map(done, islice(rest, 1)))
        following = list(islice(rest, _THEIRS))
        ready = packed(list(map(plain, following)))
        found = other.take()
        if following:
            other.give(ready)
        yield from zip(theirs, found, strict=True)
        yield from ours
        theirs = following


def _to_each(make: Callable[..., Act], given: tuple[Any, ...]) -> Act:
    act = make(*given)
    return lambda things: list(map(act, things))
