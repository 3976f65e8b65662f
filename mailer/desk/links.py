"""Where the links of an issue lead today: each address asked over the network, once."""

from __future__ import annotations

import http.client
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import chain, zip_longest
from urllib.parse import urldefrag

from mailer.composer.report import Report
from mailer.composer.tree import inlines_of
from mailer.errors import FetchError
from mailer.fetch import Answer, Fetcher
from mailer.model.content import Hyperlink
from mailer.model.finding import Finding
from mailer.model.issue import Issue

_AT_ONCE = 8
_AT_ONCE_A_HOST = 2
_TOTAL_SECONDS = 120.0
GONE = (http.client.NOT_FOUND, http.client.GONE)
_LOOK_YOURSELF = "open it in a browser, outside your own net: it may only be closed to programs"

Said = Answer | FetchError
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class LinkAsker:
    """`progress` is told how many addresses have been asked, of how many. After `seconds` no more
    are. `remember` gets each that has moved for good, and where to."""

    fetcher: Fetcher
    progress: Progress
    seconds: float = _TOTAL_SECONDS
    remember: Callable[[str, str], None] = lambda _address, _target: None

    def __call__(self, issue: Issue, file: str) -> tuple[Finding, ...]:
        """What there is to say about the links of an issue; those with a slot are not asked."""
        lines: dict[str, list[int]] = defaultdict(list)
        for link in inlines_of(issue):
            if isinstance(link, Hyperlink) and (address := _address(link)):
                lines[address].append(link.line)
        report = Report(file)
        for address, said in self.ask(list(lines)).items():
            for line in lines[address]:
                judge(address, said, line, report)
        return report.findings()

    def ask(self, addresses: list[str]) -> Mapping[str, Said]:
        """What each has to say, in their order."""
        over = threading.Event()
        places: dict[str, threading.Semaphore] = defaultdict(
            lambda: threading.Semaphore(_AT_ONCE_A_HOST)
        )
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            waiting = {
                pool.submit(self._look, address, places[_host(address)], over): address
                for address in _taking_turns(addresses)
            }
            found = dict(self._gathered(waiting))
            over.set()
        for address, said in found.items():
            if not isinstance(said, FetchError) and said.moved is not None:
                self.remember(address, said.moved)
        late = FetchError(f"was not asked within {self.seconds:g} seconds")
        return {address: found.get(address, late) for address in addresses}

    def _gathered(self, waiting: Mapping[Future[Said], str]) -> Iterator[tuple[str, Said]]:
        """Address and answer, as they come, as long as there is time."""
        self.progress(0, len(waiting))
        try:
            for count, done in enumerate(as_completed(waiting, self.seconds), 1):
                self.progress(count, len(waiting))
                yield waiting[done], done.result()
        except TimeoutError:
            for left in waiting:
                left.cancel()

    def _look(self, address: str, place: threading.Semaphore, over: threading.Event) -> Said:
        with place:
            if over.is_set():
                return FetchError("was not asked")
            try:
                return self.fetcher.look(address)
            except FetchError as error:
                return error


def judge(address: str, said: Said, line: int, report: Report) -> None:
    """Only a page that is gone is an error: the rest may be over tomorrow, or never was."""
    if isinstance(said, FetchError):
        report.add("link-unanswered", line, f"{address} {said}", _LOOK_YOURSELF)
    elif said.status in GONE:
        message = f"{address} is not there any more: the server says {said.status}"
        report.add("link-dead", line, message, "mend the address, or link what has taken its place")
    elif said.status >= http.client.BAD_REQUEST:
        message = f"{address} gives no page: the server says {said.status}"
        report.add("link-unanswered", line, message, _LOOK_YOURSELF)
    elif said.moved is not None:
        message = f"{address} has moved for good"
        report.add("link-moved", line, message, f"write {_with_fragment(said.moved, address)}")


def _with_fragment(target: str, address: str) -> str:
    """A browser keeps the fragment over a redirect without one (RFC 9110 §10.2.2)."""
    fragment = urldefrag(address).fragment
    return f"{target}#{fragment}" if fragment and "#" not in target else target


def _address(link: Hyperlink) -> str | None:
    """A whole address of the web."""
    text = link.url.text
    is_whole = all(isinstance(part, str) for part in link.url.parts)
    return text if is_whole and text.lower().startswith(("http://", "https://")) else None


def _host(address: str) -> str:
    return address.split("/")[2].lower()


def _taking_turns(addresses: Iterable[str]) -> Iterator[str]:
    """One address of each host after the other, so that none waits for a busy one."""
    hosts: dict[str, list[str]] = defaultdict(list)
    for address in addresses:
        hosts[_host(address)].append(address)
    rounds = zip_longest(*hosts.values())
    return (address for address in chain.from_iterable(rounds) if address is not None)
