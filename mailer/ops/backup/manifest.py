"""What a backup says of itself: what made it, when, and what every file in it must be."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from mailer.errors import MailerError

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Content:
    """One file: octets, SHA-256 in hexadecimal digits, permissions."""

    size: int
    sha256: str
    mode: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """`revision` is the database's, `files` are by their path inside the backup."""

    format: int
    program: str
    publication: str
    at: dt.datetime
    revision: str
    files: Mapping[str, Content]


def to_json(manifest: Manifest) -> str:
    return json.dumps(asdict(manifest) | {"at": manifest.at.isoformat()}, indent=1)


def from_json(text: bytes) -> Manifest:
    """Raises MailerError, whose text ends a sentence that begins with the file's name."""
    try:
        fields: dict[str, Any] = json.loads(text)
        if fields["format"] > FORMAT:
            raise MailerError(f"was made by {fields['program']}: install that, or a newer one")
        files = {path: Content(**content) for path, content in fields["files"].items()}
        at = dt.datetime.fromisoformat(fields["at"])
        return Manifest(**{**fields, "at": at, "files": files})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MailerError("its manifest cannot be read: it is damaged") from error
