"""The manners of a guest who reads pages by program: robots.txt, pauses, and an end."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mailer.errors import FetchError, NoPage, NoServer
from mailer.fetch.fetcher import Fetcher

if TYPE_CHECKING:
    from protego import Protego

_FILE = "/robots.txt"
_LARGEST = 1_000_000  # bytes of it; RFC 9309 §2.5 asks for half of that at least
_LONGEST_PAUSE = 10.0  # seconds that a host can ask for
_SERVER_ERROR = 500


class Manners:
    """`most` requests in all, and `pause` seconds between two of one host, more where it asks for
    more. Safe among threads."""

    def __init__(
        self,
        fetcher: Fetcher,
        most: int = 1000,
        pause: float = 0.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._plain = dataclasses.replace(fetcher, largest=_LARGEST)
        self._name = fetcher.agent.partition(" ")[0]
        self._left = most
        self._most = most
        self._pause = pause
        self._sleep = sleep
        self._counting = threading.Lock()
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._rules: dict[str, Protego | FetchError] = {}
        self._next: dict[str, float] = {}
        self.fetcher = dataclasses.replace(fetcher, permit=self._require)

    def _require(self, url: str) -> None:
        """Raises FetchError where a program may not ask for this address; waits for its turn."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        with self._counting:
            if self._left == 0:
                raise FetchError(f"was not asked: {self._most:,} requests are enough for one run")
            self._left -= 1
            turn = self._turns[site]
        with turn:
            rules = self._rules_of(site)
            if isinstance(rules, NoServer):
                raise NoServer(str(rules)) from rules
            if isinstance(rules, FetchError):
                raise FetchError(f"was not asked, as its {_FILE[1:]} {rules}") from rules
            if not rules.can_fetch(url, self._name):
                raise FetchError(f"is not for programs to read: its {_FILE[1:]} says so")
            self._wait(site, rules)

    def _rules_of(self, site: str) -> Protego | FetchError:
        """No file allows all; one that a server in trouble cannot give, nothing (RFC 9309
        §2.3.1)."""
        if site not in self._rules:
            self._rules[site] = self._asked(site)
        return self._rules[site]

    def _asked(self, site: str) -> Protego | FetchError:
        from protego import Protego

        try:
            return Protego.parse(self._plain.get(site + _FILE).text)
        except NoPage as error:
            return error if error.status >= _SERVER_ERROR else Protego.parse("")
        except FetchError as error:
            return error

    def _wait(self, site: str, rules: Protego) -> None:
        asked_for = rules.crawl_delay(self._name) or 0.0 if self._pause else 0.0
        pause = max(self._pause, min(asked_for, _LONGEST_PAUSE))
        now = time.monotonic()
        begin = max(now, self._next.get(site, now))
        self._next[site] = begin + pause
        if begin > now:
            self._sleep(begin - now)
