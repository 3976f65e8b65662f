"""A list's people into a file, in the form that was asked for."""

from __future__ import annotations

from typing import IO

from subscribers.exporting import reading
from subscribers.exporting.formats import FORMATS
from subscribers.exporting.writing import Exported, write_jsonl, write_tables
from subscribers.garbage import collected_rarely
from subscribers.store import Store

JSONL = "jsonl"
NAMES = (JSONL, *FORMATS)
PACKED = ("mailchimp", "listmonk")  # several tables in a ZIP file


def export(store: Store, list_name: str, form: str, target: IO[bytes]) -> Exported:
    """Write everybody on a list, in whatever state, as far as the form has a place for them.
    `form` is one of NAMES. Raises UnknownList."""
    list_id = store.list(list_name).id
    pages = reading.pages(store.database, list_id, store.fingerprint)
    with collected_rarely():
        if form == JSONL:
            return write_jsonl(pages, target)
        names = reading.attribute_names(store.database, list_id)
        return write_tables(pages, FORMATS[form](names), target)
