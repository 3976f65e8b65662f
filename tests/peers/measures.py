"""The rows of the scorecard, measured of one version after another."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import editions
import viewing
from peers import nu, spam
from peers.versions import Version
from playwright.sync_api import Browser, Page
from scoring import overhead, weight

from mailer.composer.checking import support

_STYLE = re.compile(r"<style\b.*?</style>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Measured:
    """Octets of UTF-8; shares from 0 to 1; widths in pixels on a screen of 320. `dark` is None
    where the version has no dark theme, else the number of texts that are faint in it."""

    name: str
    size: int
    overhead: float | None
    text: float
    axe: int
    nu: int
    supported: float
    width: int
    width_bare: int
    dark: int | None
    spam: float


def measured(versions: Sequence[Version], browser: Browser) -> list[Measured]:
    checked = nu.errors({version.name: version.html for version in versions})
    return [_measured(version, len(checked[version.name]), browser) for version in versions]


def _measured(version: Version, nu_errors: int, browser: Browser) -> Measured:
    html = version.html
    bare = _STYLE.sub("", html)
    each = overhead(html, version.frame_alone, version.items) if version.items else None
    return Measured(
        name=version.name,
        size=weight(html).size,
        overhead=each,
        text=weight(html).share,
        axe=len(_seen(browser, html, viewing.axe)),
        nu=nu_errors,
        supported=support.share(html),
        width=_seen(browser, html, _width),
        width_bare=_seen(browser, bare, _width),
        dark=_seen(browser, html, _faint_in_dark),
        spam=spam.score(version.message),
    )


def _seen(browser: Browser, html: str, look: Callable[[Page], Any]) -> Any:
    return viewing.visit(html, editions.pictures(), look)(browser)


def _width(page: Page) -> int:
    page.set_viewport_size({"width": 320, "height": 800})
    wide: int = viewing.view(page)["wide"]
    return wide


def _faint_in_dark(page: Page) -> int | None:
    """How many texts are faint in the dark theme; None where a dark screen changes nothing."""
    page.emulate_media(color_scheme="light")
    light = viewing.view(page)
    page.emulate_media(color_scheme="dark")
    dark = viewing.view(page)
    colours = [[text["colour"] for text in seen["texts"]] for seen in (light, dark)]
    return None if colours[0] == colours[1] else len(viewing.faint(dark))
