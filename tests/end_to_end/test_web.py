"""`mailer web` as a real process: somebody signs up, sees what is kept, and has it erased."""

from __future__ import annotations

import re

import httpx
import letterbox
import pytest
from program import Program, running, until

from mailer.app import open_app
from mailer.web import server

ANN = "ann@example.net"


@pytest.mark.slow
def test_a_reader_comes_sees_what_is_kept_and_is_erased(news: Program) -> None:
    """Over a socket, the mails through the relay of mailer.toml, the cookie kept by a browser."""
    with server.listen("127.0.0.1", 0) as free:
        url = server.address(free)
    settings = news.folder / "mailer.toml"
    text = re.sub(r'(?m)^url = "https?://.*"', f'url = "{url}"', settings.read_text())
    settings.write_text(re.sub(r'(?m)^url = "smtp.*"', 'url = "folder:copies"', text))
    own = {"sec-fetch-site": "same-origin"}
    browser = httpx.Client(base_url=url, headers=own, follow_redirects=True, timeout=30)

    def post(path: str, **fields: str) -> bytes:
        return browser.post(path, data=fields).raise_for_status().content

    def mailed(subject: str) -> letterbox.Mail | None:
        mails = letterbox.read(news.folder / "copies")
        return next((mail for mail in mails if mail.to == ANN and subject in mail.subject), None)

    def mail(subject: str) -> letterbox.Mail:
        until(lambda: mailed(subject) is not None)
        found = mailed(subject)
        assert found is not None
        return found

    with browser, running(news.start("web", "--port", url.rpartition(":")[2])) as web:
        assert web.stderr is not None
        assert "readers' pages" in web.stderr.readline()
        post("/subscribe", email=ANN)
        post(mail("Please confirm").link("c"))
        post(mail("Welcome").link("p"), access="yes")
        page = post(mail("Your link").link("a")).decode()
        assert ANN in page
        form = re.findall(r'name="form" value="([^"]+)"', page)[0]
        assert post("/me/export", form=form).startswith(b"PK")
        assert b"It is erased" in post("/me/erase", form=form, sure="yes")
    app = open_app(news.folder)
    content = app.database.path.read_bytes()
    app.database.close()
    assert ANN.encode() not in content
