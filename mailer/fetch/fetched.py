"""What comes of asking."""

from __future__ import annotations

from dataclasses import dataclass, field

from mailer.fetch import characters


@dataclass(frozen=True, slots=True)
class Fetched:
    """`url` is where it was found after redirects, `moved` as in an Answer; `media_type` and
    `charset` are what the server says, lower case, the second perhaps empty. `etag` and `modified`
    are by what the server knows this very content again (RFC 9110 §8.8), where it says so."""

    url: str
    media_type: str
    content: bytes = field(repr=False)
    charset: str = ""
    etag: str = ""
    modified: str = ""
    moved: str | None = None

    @property
    def text(self) -> str:
        """The content as text, whatever the server says of its characters."""
        return characters.decoded(self.content, self.charset)


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is what the server at `url` says, after redirects. `moved` is where those lead that
    say "for good", as far as no other comes in between; None where there are none."""

    url: str
    status: int
    moved: str | None
