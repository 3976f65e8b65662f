"""How long a save takes until every frame of the preview has drawn it, in Chromium."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from mailer import files
from mailer.desk import setup
from mailer.web import preview, server
from mailer.web.preview_changes import Changes
from mailer.web.preview_drafts import Drafts
from tests.launching import launched
from tests.sight import DRAWN, LIVE

SAVES = 9


def seconds(folder: Path) -> list[float]:
    """Of each save of the January issue; the first composes on a cold process and is left out."""
    app = setup.init(folder, example=True)
    changes = Changes()
    file = app.folder / "issues" / "2021-01.md"
    with ExitStack() as stack:
        stack.callback(app.database.close)
        listener = stack.enter_context(server.listen(preview.HOST, 0))
        application = preview.create(Drafts(app, None, changes))
        url = stack.enter_context(server.running(application, listener, changes.end))
        playwright = stack.enter_context(sync_playwright())
        browser = launched(playwright)
        stack.callback(browser.close)
        page = browser.new_page()
        page.goto(f"{url}/issues/{file.stem}", wait_until="load")
        page.wait_for_function(LIVE)
        return [_save(page, file, number) for number in range(SAVES + 1)][1:]


def _save(page: Page, file: Path, number: int) -> float:
    text = file.read_text(encoding="utf-8")
    old = "Hello {{" if number == 0 else f"Welcome {number - 1} {{{{"
    began = time.time()
    files.write_atomically(file, text.replace(old, f"Welcome {number} {{{{"))
    page.evaluate(DRAWN, f"Welcome {number}")
    return time.time() - began
