"""Where our mail leaves from, and where bounces come in: PTR and MX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from mailer.app import App
from mailer.fetch import is_public
from mailer.model.dns_record import DnsRecord
from mailer.model.host import on_this_machine
from mailer.ops.doctor.check import Check, fault, ok, warning
from mailer.ops.doctor.lookup import Lookup

_PTR, _MX = "ptr", "mx"


def leaving(app: App, lookup: Lookup) -> list[str]:
    """The public addresses from which mail leaves, as far as we can know: those of the relays or,
    where these are on our own net, those of the name that we go by. Raises NoAnswer."""
    relays = [urlsplit(relay.url).hostname or "" for relay in app.config.smtp.all_relays]
    for hosts in (relays, [app.hello]):
        away = [host for host in dict.fromkeys(hosts) if host and not on_this_machine(host)]
        found = [address for host in away for address in lookup.addresses(host)]
        if public := [address for address in found if is_public(address)]:
            return public
    return []


def check_ptr(lookup: Lookup, addresses: Sequence[str], hello: str) -> Iterator[Check]:
    """Receivers refuse an address whose name does not lead back to it. Raises NoAnswer."""
    if not addresses:
        yield ok(_PTR, f"not asked: neither the relay nor {hello} has a public address")
    for address in addresses:
        names = lookup.names(address)
        back = [name for name in names if address in lookup.addresses(name)]
        if back:
            yield ok(_PTR, f"{address} is {back[0]}, there and back")
            continue
        state = f"is {names[0]}, which does not lead back" if names else "has no name"
        mend = f"ask whoever lets you the address to call it {hello}, and let that lead to it"
        yield warning(_PTR, f"{address} {state}: {mend}")


def check_mx(lookup: Lookup, domain: str) -> Iterator[Check]:
    """Whether bounces can come back. Raises NoAnswer."""
    hosts = lookup.mail_hosts(domain)
    proposed = DnsRecord(domain, "MX", f"10 mail.{domain}.")
    if hosts == ["."]:
        yield fault(
            _MX, f"{domain} takes no mail at all (RFC 7505): publish its mail host", proposed
        )
    elif hosts:
        yield ok(_MX, f"mail for {domain} goes to {', '.join(hosts)}")
    elif lookup.addresses(domain):
        yield warning(_MX, f"{domain} has an address and no MX: publish its mail host", proposed)
    else:
        yield fault(_MX, f"{domain} takes no mail, so no bounces: publish its mail host", proposed)
