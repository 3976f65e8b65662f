"""The keys that sign our mail: made and listed, with the records that DNS must hold for them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mailer import files
from mailer.app import App
from mailer.config import SECRETS_FILE, SELECTOR
from mailer.errors import ConfigError, UsageError
from mailer.message.dkim.key import Key
from mailer.message.dkim.record import ED25519, RSA, name_of
from mailer.model.dns_record import DnsRecord

KINDS = (RSA, ED25519)  # in the order in which they sign: every receiver knows the first
_BITS = 2048


@dataclass(frozen=True, slots=True)
class SigningKey:
    """`in_use` tells whether `[dkim] selectors` names it."""

    selector: str
    kind: str
    in_use: bool
    record: DnsRecord


def listed(app: App) -> list[SigningKey]:
    """Every key in secrets.toml; raises ConfigError for one that is none."""
    return [_signing_key(app, app.signing_key(name)) for name in app.config.dkim.keys]


def new(app: App, selector: str, kinds: Sequence[str]) -> list[SigningKey]:
    """Make a key of each kind, beside those that are there. Nothing signs with it before
    `[dkim] selectors` names it. Several kinds get selectors of their own, `…-rsa` and `…-ed25519`.

    Raises UsageError for a selector that is none or is taken.
    """
    name = selector or f"{app.now():%Y-%m}"
    wanted = {kind: f"{name}-{kind}" if len(kinds) > 1 else name for kind in kinds}
    for each in wanted.values():
        _require_free(app, each)
    keys = [_made(each, kind) for kind, each in wanted.items()]
    _add(app.folder / SECRETS_FILE, keys)
    return [_signing_key(app, key) for key in keys]


def _require_free(app: App, selector: str) -> None:
    if not re.fullmatch(SELECTOR, selector):
        raise UsageError(
            f"{selector!r}: a selector has up to 63 lower-case letters, digits and hyphens"
        )
    if selector in app.config.dkim.keys:
        raise UsageError(f"{selector}: there is a key of that name: choose another with --selector")


def _made(selector: str, kind: str) -> Key:
    if kind == ED25519:
        return Key(selector, ed25519.Ed25519PrivateKey.generate())
    return Key(selector, rsa.generate_private_key(public_exponent=65537, key_size=_BITS))


def _signing_key(app: App, key: Key) -> SigningKey:
    record = DnsRecord(name_of(key.selector, app.signing_domain), "TXT", str(key.record))
    return SigningKey(key.selector, key.kind, key.selector in app.config.dkim.selectors, record)


def _add(path: Path, keys: Sequence[Key]) -> None:
    """A table for each key at the end of the file, whose other lines stay as they are."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    text = old + "".join(_table(key) for key in keys)
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{path}: no key can be added at its end: {error}: "
            "write keys as tables of their own, [dkim.keys.NAME]"
        ) from error
    files.write_atomically(path, text, mode=0o600)


def _table(key: Key) -> str:
    pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return f'\n[dkim.keys.{key.selector}]\npem = """\n{pem}"""\n'
