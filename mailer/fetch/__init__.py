"""The one safe way to get something from the network.

What is asked for comes from an issue file, a feed or a page, so it is not trusted: http and https
on their own ports only, no login, and no host with an address that is not public (RFC 6890). The
address that was checked is the one that is connected to, so a name cannot change its mind in
between; each redirect is checked anew. Size, packed and unpacked, and time have limits. No proxy,
no cookies.

`Fetcher` asks for what a person named, `Manners` make a guest of it that heeds robots.txt, and
`KeptPages` ask only whether what they have is still good.
"""

from __future__ import annotations

from mailer.fetch.address import is_public, resolved
from mailer.fetch.fetched import Answer, Fetched
from mailer.fetch.fetcher import Fetcher
from mailer.fetch.kept import KeptPages
from mailer.fetch.manners import Manners

__all__ = ["Answer", "Fetched", "Fetcher", "KeptPages", "Manners", "is_public", "resolved"]
