"""Debian's Chromium, as every test and measure starts it."""

from __future__ import annotations

from playwright.sync_api import Browser, Playwright

# Without the windows, menus and profiles around its pages, which take most of its time.
CHROMIUM = "/usr/bin/chromium-headless-shell"
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def launched(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
