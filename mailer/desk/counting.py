"""A dispatch whose links are counted, where [counting] says so."""

from __future__ import annotations

import dataclasses
from itertools import chain

from mailer.ledger import counting
from mailer.ledger.counting import Clicks, Count
from mailer.message.counted import counted, targets
from mailer.model.edition import Edition
from mailer.records import Records


def led_over_our_pages(app: Records, dispatch_id: int, edition: Edition) -> Edition:
    """The edition as it leaves: what was approved, but for where its links go first. Only links
    that are kept with the dispatch lead on from there."""
    settings, base = app.config.counting, app.config.publication.url
    numbers: dict[str, int] = {}
    if settings.clicks:
        found = chain.from_iterable(targets(each.html, base) for each in edition.every)
        with app.database.write() as c:
            pairs = ((target.url, target.label) for target in found)
            numbers = counting.keep(c, dispatch_id, pairs)
    pixel = f"{base}/o/{dispatch_id}.gif" if settings.opens else ""

    def address(url: str) -> str | None:
        return f"{base}/l/{dispatch_id}/{numbers[url]}" if url in numbers else None

    def led(each: Edition) -> Edition:
        return dataclasses.replace(each, html=counted(each.html, address, pixel))

    if not (numbers or pixel):
        return edition
    translations = tuple(led(each) for each in edition.translations)
    return dataclasses.replace(led(edition), translations=translations)


def numbers_of(app: Records, dispatch_id: int) -> tuple[list[Clicks], Count]:
    """How often its links were followed, and its mails opened."""
    with app.database.read() as c:
        return counting.clicks(c, dispatch_id), counting.opens(c, dispatch_id)
