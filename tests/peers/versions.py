"""The documents that are set side by side: our themes, and the same digest made by other tools."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import editions
import theming
from peers import reference
from peers.content import content

from mailer.composer.compose import compose

HERE = Path(__file__).parent
PEERS = {
    "MJML": ("mjml.mjs", "lean"),
    "MJML, with mj-button": ("mjml.mjs",),
    "React Email": ("react-email.mjs", "lean"),
    "React Email, with Button": ("react-email.mjs",),
    "Maizzle": ("maizzle.mjs",),
}
# As a mailbox on the same machine gets it, which is the one kind of relay that local rules know.
_RECEIVED = (
    b"Received: from mail.example.org (localhost [127.0.0.1])\r\n"
    b"\tby mx.example.net (Postfix) with ESMTP id 4VrQ7m2zKxz1\r\n"
    b"\tfor <ada@example.org>; Sun, 28 Feb 2021 09:00:01 +0000 (UTC)\r\n"
)


@dataclass(frozen=True, slots=True)
class Version:
    """`frame_alone` is the same without its items, where there are `items` to be weighed."""

    name: str
    html: str
    message: bytes
    frame_alone: str = ""
    items: int = 0


def of_theme(theme: str) -> Version:
    """The reference digest in one of our themes."""
    empty = reference.without_items(reference.issue())
    alone = theming.shown(compose(empty, theming.theme_named(theme), reference.FRAME).html)
    whole = of_issue(theme, "reference")
    items = sum(1 for _ in reference.issue().items())
    return dataclasses.replace(whole, name=theme, frame_alone=alone, items=items)


def of_issue(theme: str, name: str) -> Version:
    edition = editions.edition(theme, name)
    html = theming.shown(edition.html)
    return Version(f"{theme}, {name}", html, _RECEIVED + theming.message(edition))


def of_peer(name: str) -> Version:
    """The reference digest by another tool, in the same message as ours."""
    edition = editions.edition("digest", "reference")
    html = _made(PEERS[name], reference.issue())
    alone = _made(PEERS[name], reference.without_items(reference.issue()))
    message = _RECEIVED + theming.message(dataclasses.replace(edition, html=(html,)))
    return Version(name, html, message, alone, sum(1 for _ in reference.issue().items()))


def _made(command: tuple[str, ...], issue: reference.Issue) -> str:
    strings = theming.digest().strings("en")
    values = content(issue, reference.FRAME, strings, theming.VALUES)
    done = subprocess.run(
        ["node", *command],
        cwd=HERE,
        input=json.dumps(values),
        capture_output=True,  # on stderr they give advice on how to set them up
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr}")
    return done.stdout
