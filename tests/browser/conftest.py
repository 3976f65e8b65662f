from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from launching import CHROMIUM, launched
from playwright.sync_api import Browser, Playwright, sync_playwright

T = TypeVar("T")


@dataclass(frozen=True)
class Chromium:
    """A browser in a thread of its own: Playwright's loop would stand in the way of tests that
    run an asyncio loop in the main thread."""

    _thread: ThreadPoolExecutor
    _browser: Browser

    def run(self, visit: Callable[[Browser], T]) -> T:
        return self._thread.submit(visit, self._browser).result()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    if not Path(CHROMIUM).exists():
        pytest.fail(f"{CHROMIUM} is missing: run `make setup`", pytrace=False)
    with ThreadPoolExecutor(max_workers=1) as thread:
        playwright, browser = thread.submit(_started).result()
        try:
            yield Chromium(thread, browser)
        finally:
            thread.submit(browser.close).result()
            thread.submit(playwright.stop).result()


def _started() -> tuple[Playwright, Browser]:
    playwright = sync_playwright().start()
    return playwright, launched(playwright)
