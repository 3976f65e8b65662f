"""Amazon's part: a key and certificate as SNS has them, and messages signed with it."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from mailer.feedback.providers.sns import Envelope

TOPIC = "arn:aws:sns:eu-west-1:123456789012:bounces"
CERTIFICATE_URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123.pem"
CONFIRM_URL = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
NOW = dt.datetime(2021, 1, 31, 12, 0, tzinfo=dt.UTC)
_HASHES = {"1": hashes.SHA1(), "2": hashes.SHA256()}  # noqa: S303 - SNS has both


@dataclass(frozen=True)
class Amazon:
    """`pem` is its certificate."""

    key: rsa.RSAPrivateKey
    pem: bytes

    def signed(self, fields: Mapping[str, Any], version: str = "2") -> bytes:
        """A message of SNS as it is posted."""
        complete = {
            "MessageId": "1",
            "TopicArn": TOPIC,
            "Timestamp": "2021-01-31T12:00:00.000Z",
            "SignatureVersion": version,
            "SigningCertURL": CERTIFICATE_URL,
            **fields,
        }
        octets = Envelope(complete).signed
        signature = self.key.sign(octets, padding.PKCS1v15(), _HASHES[version])
        complete["Signature"] = base64.b64encode(signature).decode()
        return json.dumps(complete).encode()

    def notification(self, event: Mapping[str, Any], version: str = "2") -> bytes:
        return self.signed({"Type": "Notification", "Message": json.dumps(event)}, version)


@cache
def amazon(name: str = "sns.amazonaws.com", days: int = 36500) -> Amazon:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = NOW - dt.timedelta(days=30)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return Amazon(key, certificate.public_bytes(serialization.Encoding.PEM))


def bounce(
    address: str, said: str, kind: str = "Permanent", subtype: str = "General", source: str = ""
) -> dict[str, Any]:
    """An event of SES."""
    recipient = {"emailAddress": address, "status": "5.0.0", "diagnosticCode": f"smtp; {said}"}
    return {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": kind,
            "bounceSubType": subtype,
            "bouncedRecipients": [recipient],
            "feedbackId": "feedback-1",
        },
        "mail": {"source": source or "bounces@news.example.org", "messageId": "message-1"},
    }
