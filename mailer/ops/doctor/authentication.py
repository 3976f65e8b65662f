"""What makes receivers believe that a mail is ours: SPF, DKIM, DMARC."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailer.app import App
from mailer.desk import signing
from mailer.desk.signing import SigningKey
from mailer.message.dkim import record
from mailer.model.counted import number
from mailer.model.dns_record import DnsRecord
from mailer.model.mailbox import domain_of, split_mailbox
from mailer.ops.doctor import dmarc, spf
from mailer.ops.doctor.check import Check, fault, ok, warning
from mailer.ops.doctor.lookup import Lookup
from mailer.ops.doctor.spf import Evaluation, Result

_SPF, _DKIM, _DMARC = "spf", "dkim", "dmarc"
_LEFT_OUT = (Result.REFUSED, Result.NEUTRAL)


def check_spf(lookup: Lookup, domain: str, addresses: Sequence[str]) -> Iterator[Check]:
    """For `domain`, that of the return path; `addresses` are those from which our mail leaves, as
    far as we know them. Raises NoAnswer."""
    try:
        found = spf.record_of(lookup, domain)
        if found is None:
            terms = " ".join(map(_term, addresses)) or "mx"
            says = f"{domain} does not say who sends for it: publish, with what your relay asks for"
            yield fault(_SPF, says, DnsRecord(domain, "TXT", f"v=spf1 {terms} ~all"))
            return
        results = {each: Evaluation(lookup, each).result(domain, found) for each in addresses}
    except spf.BadRecord as bad:
        yield fault(_SPF, str(bad))
        return
    left_out = [_term(each) for each in addresses if results[each] in _LEFT_OUT]
    if left_out:
        mend = f"add {' '.join(left_out)}, unless the relay sends from elsewhere"
        yield warning(_SPF, f"{domain}: {found!r} leaves us out: {mend}")
    else:
        yield ok(_SPF, f"{domain}: {found}")


def _term(address: str) -> str:
    return f"ip{6 if ':' in address else 4}:{address}"


def check_dkim(app: App, lookup: Lookup) -> Iterator[Check]:
    """Raises ConfigError, NoAnswer."""
    keys = signing.listed(app)
    if not any(key.in_use for key in keys):
        says = "copies are not signed: `mailer dkim new`, unless the relay signs with From's domain"
        yield warning(_DKIM, says)
    for key in keys:
        wrong = _mismatch(lookup.texts(key.record.name), key)
        yield _check_signing(key, wrong) if key.in_use else _check_spare(key, wrong)


def _check_signing(key: SigningKey, wrong: str) -> Check:
    if wrong:
        return fault(_DKIM, f"{key.selector} signs, and {wrong}: publish", key.record)
    return ok(_DKIM, f"{key.selector} signs ({key.kind}), and DNS has its key")


def _check_spare(key: SigningKey, wrong: str) -> Check:
    """Of a key that does not sign, not yet or no longer."""
    if wrong:
        says = f"{key.selector} does not sign yet, and {wrong}: publish, or take the key away"
        return warning(_DKIM, says, key.record)
    mend = "name it in [dkim] selectors, or take it away here and there"
    return ok(_DKIM, f"{key.selector} does not sign, and DNS has its key: {mend}")


def _mismatch(texts: Sequence[str], key: SigningKey) -> str:
    """What keeps the published record from proving our key; empty where nothing does."""
    if len(texts) != 1:
        return f"DNS has {number(len(texts), 'record') if texts else 'no record'} for it"
    try:
        found = record.read(texts[0])
    except ValueError as bad:
        return f"its record in DNS {bad}"
    if not found.public:
        return "DNS says that it is revoked"
    return "" if str(found) == key.record.value else "DNS has another key"


def check_dmarc(app: App, lookup: Lookup, return_domain: str) -> Iterator[Check]:
    """Raises ConfigError, NoAnswer."""
    _, address = split_mailbox(app.config.publication.sender)
    sender = domain_of(address)
    try:
        policy = dmarc.policy_of(lookup, sender)
    except dmarc.BadPolicy as bad:
        yield fault(_DMARC, str(bad))
        return
    if policy is None:
        first = DnsRecord(f"_dmarc.{sender}", "TXT", f"v=DMARC1; p=none; rua=mailto:{address}")
        yield warning(_DMARC, f"{sender} has no policy; large receivers want one: publish", first)
        return
    ways = {
        "DKIM": app.signer and policy.fits(sender, app.signing_domain, policy.strict_dkim),
        "SPF": policy.fits(sender, return_domain, policy.strict_spf),
    }
    asks = f"{policy.domain} asks for {policy.action}"
    if any(ways.values()):
        by = " and ".join(name for name, fits in ways.items() if fits)
        yield ok(_DMARC, f"{asks}; {sender} is proved by {by}")
        return
    says = (
        f"{asks}, and nothing proves {sender}: sign ([dkim]), or let bounces go there ([bounces])"
    )
    yield warning(_DMARC, says) if policy.action == "none" else fault(_DMARC, says)
