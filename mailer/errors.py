"""Every error that a user may meet.

MailerError                 one line: what, where, how to mend; exit status 1
├── UsageError              wrong usage or configuration; exit status 2
│   ├── ConfigError         mailer.toml, secrets.toml or MAILER_*: all faults at once
│   └── NotFound            a list, issue, dispatch or subscriber that does not exist
├── IssueRefused            an issue file whose errors stop what was asked for
├── Unreachable             what readers will ask for does not answer at the public URL
├── DatabaseError           the database cannot be used as it is
│   ├── DatabaseBusy        locked by somebody else for too long
│   └── DatabaseReadOnly    it cannot be written to
├── RelayError              nothing can be submitted through the relay
│   ├── RelayUnavailable    for now: unreachable, 4xx, TLS, connection lost
│   └── RelayRefused        until somebody mends it: login, policy
├── MailboxError            what came back cannot be read where it lies
├── FetchError              nothing can be had from an address of the web
│   ├── NoServer            its host is not there, or not on the open net
│   └── NoPage              its server is there, and says that the page is not
├── SourceError             no issue can be made of what was given
└── TokenInvalid            a signed link that was not made by us, or for another purpose
"""

from __future__ import annotations


class MailerError(Exception):
    """Its text is one line for the user: what is wrong, where, and how to mend it."""

    exit_status = 1


class UsageError(MailerError):
    exit_status = 2


class ConfigError(UsageError):
    pass


class NotFound(UsageError):
    pass


class IssueRefused(MailerError):
    pass


class Unreachable(MailerError):
    pass


class DatabaseError(MailerError):
    pass


class DatabaseBusy(DatabaseError):
    pass


class DatabaseReadOnly(DatabaseError):
    pass


class PlanChanged(MailerError):
    pass


class RelayError(MailerError):
    pass


class RelayUnavailable(RelayError):
    pass


class RelayRefused(RelayError):
    pass


class MailboxError(MailerError):
    pass


class FetchError(MailerError):
    """Its text ends a sentence that begins with the address."""


class NoServer(FetchError):
    pass


class NoPage(FetchError):
    """`status` is what the server says (RFC 9110 §15)."""

    def __init__(self, status: int) -> None:
        super().__init__(f"is not there: the server says {status}")
        self.status = status


class SourceError(MailerError):
    """Its text ends a sentence that begins with the source, where the reader raises it."""


class TokenInvalid(MailerError):
    pass
