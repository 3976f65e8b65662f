"""What a publication puts around everything that it composes in its own look."""

from __future__ import annotations

from mailer.composer.frame import Frame, Logo
from mailer.records import Records


def frame_of(app: Records, logo: Logo | None) -> Frame:
    """As mailer.toml has it; whoever composes adds what the text at hand needs."""
    publication, look = app.config.publication, app.config.look
    return Frame(
        publication=publication.name,
        sender=publication.sender,
        reply_to=publication.reply_to,
        address=publication.address,
        base=publication.url,
        tagline=look.tagline,
        logo=logo,
        light=look.light,
        dark=look.dark,
        strings=look.strings,
        lang=publication.lang,
    )
