"""`make scorecard`: our themes beside MJML, React Email and Maizzle, into docs/scorecard.md."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
from pathlib import Path

import theming
import viewing
from launching import launched
from peers import nu, scorecard, spam, versions
from peers.measures import measured
from playwright.sync_api import sync_playwright

from mailer.composer.checking import clients

TARGET = Path(__file__).parents[2] / "docs/scorecard.md"
ISSUES = ("2020-10", "2021-01", "arabic")


def main() -> int:
    print("composing the reference digest in every theme and tool", flush=True)
    ours = [versions.of_theme(theme) for theme in theming.THEMES]
    peers = [versions.of_peer(name) for name in versions.PEERS]
    issues = [versions.of_issue(theme, name) for theme in theming.THEMES for name in ISSUES]
    print("measuring: Chromium with axe, the Nu checker, SpamAssassin", flush=True)
    with sync_playwright() as playwright:
        browser = launched(playwright)
        found = [measured(group, browser) for group in (ours, peers, issues)]
        used = _versions(browser.version)
        browser.close()
    text = scorecard.document(*found, used, dt.datetime.now(dt.UTC).date())
    TARGET.write_text(text, encoding="utf-8")
    print(f"written: {TARGET}")
    return _judged(scorecard.missed(found[0], found[2]))


def _judged(missed: list[str]) -> int:
    for line in missed:
        print(f"below its goal: {line}")
    return 1 if missed else 0


def _versions(chromium: str) -> dict[str, str]:
    packages = json.loads((versions.HERE / "package.json").read_text("utf-8"))["dependencies"]
    axe = re.search(r"axe v([\d.]+)", viewing.axe_source())
    data = re.search(r"caniemail ([\d.]+)", clients.__doc__ or "")
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    return {
        "MJML": packages["mjml"],
        "React Email": packages["@react-email/components"],
        "Maizzle": packages["@maizzle/framework"],
        "Node": node.stdout.strip().removeprefix("v"),
        "Chromium": chromium,
        "axe-core": axe[1] if axe else "",
        "Nu": nu.version(),
        "SpamAssassin": spam.version(),
        "caniemail": data[1] if data else "",
    }


if __name__ == "__main__":
    sys.exit(main())
