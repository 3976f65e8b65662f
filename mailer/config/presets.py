"""What is known of the usual relays, as defaults for their settings. docs/relays.md has the rest:
what to set up there, and where each number comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Preset(StrEnum):
    POSTFIX = "postfix"
    SES = "ses"
    POSTMARK = "postmark"
    MAILGUN = "mailgun"
    FASTMAIL = "fastmail"


@dataclass(frozen=True, slots=True)
class Known:
    """`url` is where the relay is; where that depends on the account, `choice` says what to write.
    `defaults` are other settings, by key."""

    url: str = ""
    choice: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)


PRESETS: Mapping[Preset, Known] = {
    # One client may have smtpd_client_connection_count_limit connections: 50.
    Preset.POSTFIX: Known("smtp://localhost:25", defaults={"connections": 20}),
    Preset.SES: Known(
        choice="smtp+starttls://email-smtp.REGION.amazonaws.com:587",
        defaults={"connections": 10, "messages_per_second": 10},
    ),
    # Broadcasts have a host of their own: the other is for mail that a person asked for.
    Preset.POSTMARK: Known(
        "smtp+starttls://smtp-broadcasts.postmarkapp.com:587", defaults={"connections": 10}
    ),
    Preset.MAILGUN: Known(
        choice="smtp+starttls://smtp.mailgun.org:587, or smtp.eu.mailgun.org",
        defaults={"connections": 10, "messages_per_connection": 500},
    ),
    # An account of a person, not one for bulk: slowly.
    Preset.FASTMAIL: Known(
        "smtps://smtp.fastmail.com:465",
        defaults={"connections": 2, "messages_per_second": 1, "messages_per_day": 2000},
    ),
}
