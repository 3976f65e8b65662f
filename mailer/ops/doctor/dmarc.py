"""DMARC (RFC 7489): the policy of a domain, and what proves that a mail is from there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailer.message.dkim.record import tags_of
from mailer.ops.doctor.lookup import Lookup

_VERSION = re.compile(r"v\s*=\s*DMARC1\s*(;|$)")
_ACTIONS = ("none", "quarantine", "reject")


class BadPolicy(ValueError):
    """Receivers take no notice of it; the text says why and how to mend it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """`domain` is where the record was found; `action` is what receivers are asked to do with mail
    that fails."""

    domain: str
    action: str
    strict_dkim: bool
    strict_spf: bool

    def fits(self, sender: str, other: str, strict: bool) -> bool:
        """Whether `other`, a signature's domain or a return path's, stands for From's (§3.1): the
        same, or below one roof unless the policy is strict."""
        if strict or sender == other:
            return sender == other
        straight = sender.endswith(f".{other}") or other.endswith(f".{sender}")
        return straight or all(each.endswith(f".{self.domain}") for each in (sender, other))


def policy_of(lookup: Lookup, sender: str) -> Policy | None:
    """The policy for mail from the domain `sender`: the nearest on the way up, since an
    organisation's holds for all below it. Raises BadPolicy, NoAnswer."""
    domain = sender
    while "." in domain:
        found = [text for text in lookup.texts(f"_dmarc.{domain}") if _VERSION.match(text)]
        if len(found) > 1:
            raise BadPolicy(f"_dmarc.{domain} has {len(found)} records: none counts: leave one")
        if found:
            return _read(domain, found[0], inherited=domain != sender)
        domain = domain.partition(".")[2]
    return None


def _read(domain: str, text: str, inherited: bool) -> Policy:
    tags = {name.lower(): value.lower() for name, value in tags_of(text).items()}
    action = tags.get("p", "")
    if action not in _ACTIONS:
        raise BadPolicy(f"_dmarc.{domain}: p={action} is no policy: write {' or '.join(_ACTIONS)}")
    if inherited:
        action = tags.get("sp", action)
    return Policy(domain, action, tags.get("adkim") == "s", tags.get("aspf") == "s")
