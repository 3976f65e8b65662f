"""Amazon SNS: the envelope that notifications come in, and whether Amazon signed it.

docs.aws.amazon.com/sns: "Verifying the signatures of Amazon SNS messages". The certificate comes
from where the message says, which is believed only where that is a host of SNS itself.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from mailer.feedback.providers.fields import Fields, document, text

NOTIFICATION, CONFIRMATION = "Notification", "SubscriptionConfirmation"
_HOST = re.compile(r"sns\.[a-z0-9-]{3,40}\.amazonaws\.com(?:\.cn)?")
_SIGNED = {
    NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    CONFIRMATION: (
        *("Message", "MessageId", "SubscribeURL", "Timestamp", "Token"),
        *("TopicArn", "Type"),
    ),
}
_HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "1": hashes.SHA1,  # what SNS signs with unless a topic is told otherwise
    "2": hashes.SHA256,
}


class NotSigned(ValueError):
    """The text says why the message is not believed."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """`fields` as they came; nothing of them is true before `verified`."""

    fields: Fields

    @property
    def kind(self) -> str:
        return text(self.fields, "Type")

    @property
    def topic(self) -> str:
        return text(self.fields, "TopicArn")

    @property
    def message(self) -> Fields:
        """What the notification holds. Raises ValueError where that is no JSON object."""
        return document(text(self.fields, "Message"))

    @property
    def certificate_url(self) -> str:
        """Raises NotSigned where the address is not one of SNS."""
        return _of_sns(text(self.fields, "SigningCertURL"))

    @property
    def confirm_url(self) -> str:
        """What is to be fetched to confirm a subscription. Raises NotSigned likewise."""
        return _of_sns(text(self.fields, "SubscribeURL"))

    @property
    def signed(self) -> bytes:
        """The octets that the signature is over."""
        names = _SIGNED.get(self.kind, ())
        present = [name for name in names if isinstance(self.fields.get(name), str)]
        return "".join(f"{name}\n{self.fields[name]}\n" for name in present).encode()


def opened(source: bytes) -> Envelope:
    """Raises ValueError."""
    return Envelope(document(source))


def verify(envelope: Envelope, pem: bytes, now: dt.datetime) -> None:
    """Raises NotSigned unless the certificate, which is valid now, signed it."""
    algorithm = _HASHES.get(text(envelope.fields, "SignatureVersion"))
    if algorithm is None or envelope.kind not in _SIGNED:
        raise NotSigned("it has no signature of a kind that SNS makes")
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        signature = base64.b64decode(text(envelope.fields, "Signature"), validate=True)
    except (ValueError, binascii.Error) as error:
        raise NotSigned("its certificate or signature cannot be read") from error
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise NotSigned("its certificate has no RSA key")
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise NotSigned("its certificate is not valid now")
    try:
        key.verify(signature, envelope.signed, padding.PKCS1v15(), algorithm())
    except InvalidSignature as error:
        raise NotSigned("its signature does not fit") from error


def _of_sns(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" or not _HOST.fullmatch(host) or parts.netloc != host:
        raise NotSigned("it names an address that is not one of SNS")
    return url
