"""The rules by which a refusal is understood, in the order in which they are asked. docs/bounces.md
shows them as a table; a test holds the two together.

Words come before numbers: "550 5.1.1 blocked, see our policy" is a policy, whatever its number.
And what may be our fault, a policy or a full mailbox comes before what may be a dead address, since
a reader who is lost by mistake does not come back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailer.feedback.classifying import words
from mailer.feedback.notice import Said
from mailer.model.codes import POLICY_ON_US, SENDER_OR_COMMANDS
from mailer.model.report import ReportClass

_ANYTIME = frozenset(Said)
# What a server says to EHLO or MAIL cannot be about a reader, whatever its number.
_NOT_OF_US = _ANYTIME - {Said.SENDER}
# What a server says once it has the message may be what it says of a reader who filters; only to
# RCPT, or without asking another server, is "no such user" about the user.
_AT_THE_ADDRESS = frozenset({Said.RECIPIENT, Said.ITSELF})


@dataclass(frozen=True, slots=True)
class Rule:
    """Applies where, at one of the `said` moments, one of `codes` (RFC 3463, or an SMTP reply's)
    was given or one of `words` said; a `permanent` one to nothing that may still pass."""

    name: str
    kind: ReportClass
    words: re.Pattern[str] | None = None
    codes: frozenset[str] = frozenset()
    said: frozenset[Said] = _ANYTIME
    permanent: bool = False


def _ours(name: str, said: re.Pattern[str] | None, codes: frozenset[str] = frozenset()) -> Rule:
    return Rule(name, ReportClass.OURS, said, codes)


def _passing(name: str, said: re.Pattern[str] | None, *codes: str) -> Rule:
    return Rule(name, ReportClass.TEMPORARY, said, frozenset(codes))


def _dead(
    name: str,
    words: re.Pattern[str] | None,
    *codes: str,
    said: frozenset[Said] = _NOT_OF_US,
) -> Rule:
    return Rule(name, ReportClass.DEAD, words, frozenset(codes), said, permanent=True)


RULES = (
    _ours("about the sender, by its number", None, POLICY_ON_US | SENDER_OR_COMMANDS),
    _ours("authentication", words.AUTHENTICATION),
    _ours("our server's name", words.OUR_NAME),
    _ours("the sender's address", words.SENDER),
    _ours("the message itself", words.MESSAGE_AMISS),
    _passing("account shut or locked", words.SHUT, "5.7.13"),
    Rule("mailbox full", ReportClass.FULL, words.FULL, frozenset({"5.2.2", "4.2.2"})),
    _dead("not in the directory", words.NOT_IN_DIRECTORY),
    _passing("relaying", words.RELAYING),
    Rule("policy", ReportClass.BLOCKED, words.POLICY, frozenset({"5.2.3", "5.2.4", "5.3.4"})),
    _passing("trouble with DNS", words.DNS_TROUBLE),
    _dead("no such mailbox, by its number", None, "5.1.1", "5.1.3", "5.1.6", "5.1.10", "5.1.351"),
    _dead("the host takes no mail", words.TAKES_NO_MAIL, "556", said=_ANYTIME),
    _dead("no such domain", words.NO_DOMAIN, "5.1.2", "5.4.4", "5.4.310"),
    # A server's words: those of a reporting system mean other accounts as well.
    _dead("no such account", words.NO_ACCOUNT, said=_NOT_OF_US - {Said.ITSELF}),
    _dead("no such mailbox, in words", words.NO_MAILBOX, said=_AT_THE_ADDRESS),
    _passing("account shut, by its number", None, "5.2.1"),
    _passing("stuck on the way", words.STUCK, "5.4.6", "5.4.14", "5.3.5"),
    Rule("refused, without a reason", ReportClass.BLOCKED, words.REFUSED),
)
