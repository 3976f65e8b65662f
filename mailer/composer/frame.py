"""What stands around an issue in every edition: the publication as plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from mailer.model.content import Picture
from mailer.model.edition import PictureFile, PictureSize, carried_url


def web_url(base: str, issue_id: str, lang: str, home: str) -> str:
    """Where an issue is read on the web in this language; `home` is the publication's, in which
    an issue has the plain address."""
    plain = f"{base}/issues/{quote(issue_id, safe='')}"
    return plain if lang == home else f"{plain}?lang={quote(lang, safe='')}"


@dataclass(frozen=True, slots=True)
class Logo:
    """Stands for the publication's name; its text is that name, for who does not see it."""

    picture: Picture
    file: PictureFile


@dataclass(frozen=True, slots=True)
class Frame:
    """`base` is the publication's public URL without a slash at its end. `pictures` goes by the
    source that the issue names, `remote` too, for those that stay on the web. `picture_url`
    default: below `base`; where `carried`, the message brings its pictures along and only the page
    asks for them. `strings` (by language) and the colours override those of the theme. `personal`:
    a letter to one person, which knows of no list and stands on no page of the web. `lang` is the
    publication's language; default: that of each issue. `tells_sign_up`: the foot says when and
    where its reader signed up."""

    publication: str
    sender: str  # RFC 5322 §3.4 mailbox
    reply_to: str | None
    address: str
    base: str
    tagline: str = ""
    logo: Logo | None = None
    light: Mapping[str, str] = field(default_factory=dict)
    dark: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, PictureFile] = field(default_factory=dict)
    remote: Mapping[str, PictureSize] = field(default_factory=dict)
    picture_url: Callable[[PictureFile], str] | None = None
    carried: bool = False
    strings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    personal: bool = False
    lang: str = ""
    tells_sign_up: bool = False

    def url_of(self, picture: PictureFile) -> str:
        if self.carried:
            return carried_url(picture.name)
        if self.picture_url is not None:
            return self.picture_url(picture)
        return f"{self.base}/pictures/{quote(picture.name, safe='')}"

    def web_url(self, issue_id: str, lang: str) -> str:
        """Where the issue is read on the web."""
        return web_url(self.base, issue_id, lang, self.lang or lang)

    @property
    def home_url(self) -> str:
        """Where all issues are."""
        return f"{self.base}/"

    @property
    def subscribe_url(self) -> str:
        """Where somebody to whom the issue was forwarded may sign up."""
        return f"{self.base}/subscribe"
