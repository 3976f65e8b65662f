"""What providers report, read as reports."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from feedback.amazon import CERTIFICATE_URL, CONFIRM_URL, NOW, amazon, bounce
from feedback.reports import DELIVERY, MARKS, TEMPLATE, TOKEN

from mailer.feedback.providers import postmark, ses, sns
from mailer.feedback.providers.sns import Envelope, NotSigned
from mailer.message.verp import HEADER
from mailer.model.report import ReportClass
from mailer.model.return_path import filled

ANN = "ann@example.com"


@pytest.mark.parametrize(
    ("said", "kind", "subtype", "meaning"),
    [
        ("550 5.1.1 user unknown", "Permanent", "General", ReportClass.DEAD),
        ("", "Permanent", "OnAccountSuppressionList", ReportClass.DEAD),
        ("550 5.7.26 not authenticated", "Permanent", "General", ReportClass.OURS),
        ("550 no", "Permanent", "General", ReportClass.TEMPORARY),
        ("452 no", "Transient", "MailboxFull", ReportClass.FULL),
        ("550 5.1.1 user unknown", "Transient", "General", ReportClass.TEMPORARY),
        ("552 no", "Transient", "MessageTooLarge", ReportClass.BLOCKED),
    ],
)
def test_a_bounce_of_ses(said: str, kind: str, subtype: str, meaning: ReportClass) -> None:
    """ "Permanent" alone is no dead address; what the server said, or SES knows, is."""
    found = ses.returned(bounce(ANN, said, kind, subtype), MARKS)
    [report] = found.reports
    assert (report.recipient, report.kind) == (ANN, meaning)
    assert found.message_id == "feedback-1"


def test_ses_tells_which_copy_it_was() -> None:
    """By the return path, or by our field among the headers."""
    by_path = bounce(ANN, "550 5.1.1 no", source=filled(TEMPLATE, TOKEN))
    by_field = bounce(ANN, "550 5.1.1 no")
    by_field["mail"]["headers"] = [{"name": HEADER.upper(), "value": TOKEN}]
    for event in (by_path, by_field):
        assert ses.returned(event, MARKS).mark.delivery == DELIVERY
    assert not ses.returned(bounce(ANN, "550 5.1.1 no"), MARKS).mark.forged


@pytest.mark.parametrize(
    ("kind", "meaning"), [("abuse", ReportClass.COMPLAINT), ("not-spam", ReportClass.AUTO_REPLY)]
)
def test_a_complaint_of_ses(kind: str, meaning: ReportClass) -> None:
    """That a message is no spam is none."""
    complaint = {"complainedRecipients": [{"emailAddress": ANN}], "complaintFeedbackType": kind}
    event = {"eventType": "Complaint", "complaint": complaint}
    [report] = ses.returned(event, MARKS).reports
    assert (report.recipient, report.kind) == (ANN, meaning)


@pytest.mark.parametrize(
    "event",
    [{}, {"eventType": "Delivery"}, {"eventType": "Bounce"}, {"eventType": "Bounce", "bounce": []}],
)
def test_other_events_of_ses_report_nothing(event: dict[str, Any]) -> None:
    """Whatever is missing in them."""
    assert ses.returned(event, MARKS).reports == ()


@pytest.mark.parametrize(
    ("kind", "details", "meaning"),
    [
        ("HardBounce", "smtp;550 5.1.1 no such user", ReportClass.DEAD),
        ("HardBounce", "", ReportClass.DEAD),
        ("HardBounce", "550 5.7.1 rejected by our DMARC policy", ReportClass.OURS),
        ("HardBounce", "554 on a blocklist", ReportClass.BLOCKED),
        ("SoftBounce", "552 5.2.2 full", ReportClass.FULL),
        ("SoftBounce", "550 5.1.1 no such user", ReportClass.TEMPORARY),
        ("SpamComplaint", "", ReportClass.COMPLAINT),
        ("DMARCPolicy", "", ReportClass.OURS),
        ("AutoResponder", "", ReportClass.AUTO_REPLY),
    ],
)
def test_a_record_of_postmark(kind: str, details: str, meaning: ReportClass) -> None:
    """Its own type, and where that leaves it open, what the server said."""
    event = {"RecordType": "Bounce", "Type": kind, "Email": ANN, "Details": details, "ID": 7}
    event["Content"] = f"From: x@example.org\n\n{HEADER}: {TOKEN}\n"
    found = postmark.returned(event, MARKS)
    [report] = found.reports
    assert (report.recipient, report.kind) == (ANN, meaning)
    assert found.mark.delivery == DELIVERY
    assert found.message_id == "postmark 7"


@pytest.mark.parametrize(
    "event", [{}, {"RecordType": "Open"}, {"RecordType": "Bounce", "Type": "Subscribe"}]
)
def test_other_records_of_postmark_report_nothing(event: dict[str, Any]) -> None:
    """Opens, deliveries, and types that say nothing of an address."""
    assert postmark.returned(event, MARKS).reports == ()


@pytest.mark.parametrize("version", ["1", "2"])
def test_what_amazon_signed_is_believed(version: str) -> None:
    """With SHA-1 or SHA-256, as the topic is set."""
    envelope = sns.opened(amazon().notification({"eventType": "Delivery"}, version))
    sns.verify(envelope, amazon().pem, NOW)
    assert envelope.message == {"eventType": "Delivery"}
    assert envelope.certificate_url == CERTIFICATE_URL


def test_a_confirmation_is_signed_over_its_own_fields() -> None:
    """The address that confirms is among them."""
    fields = {"Type": "SubscriptionConfirmation", "Message": "Yes?", "Token": "t"}
    signed = amazon().signed({**fields, "SubscribeURL": CONFIRM_URL})
    envelope = sns.opened(signed)
    sns.verify(envelope, amazon().pem, NOW)
    assert envelope.confirm_url == CONFIRM_URL
    moved = sns.opened(signed.replace(b"Token=t", b"Token=x"))
    with pytest.raises(NotSigned, match="does not fit"):
        sns.verify(moved, amazon().pem, NOW)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"Message": '{"eventType": "Bounce"}'}, "does not fit"),
        ({"TopicArn": "arn:aws:sns:eu-west-1:1:other"}, "does not fit"),
        ({"Signature": "AAAA"}, "does not fit"),
        ({"Signature": "no base64!"}, "cannot be read"),
        ({"SignatureVersion": "3"}, "of a kind that SNS makes"),
        ({"Type": "Other"}, "of a kind that SNS makes"),
        ({"Signature": base64.b64encode(bytes(256)).decode()}, "does not fit"),
    ],
)
def test_what_was_changed_is_not_believed(change: dict[str, str], why: str) -> None:
    """In any of the fields that count."""
    fields = json.loads(amazon().notification({"eventType": "Delivery"}))
    with pytest.raises(NotSigned, match=why):
        sns.verify(Envelope({**fields, **change}), amazon().pem, NOW)


def test_another_certificate_or_one_out_of_date_is_not_believed() -> None:
    """Nor one that is none."""
    envelope = sns.opened(amazon().notification({}))
    old = amazon("old.example", days=10)
    for signer, pem, why in (
        (envelope, amazon("other.example").pem, "does not fit"),
        (sns.opened(old.notification({})), old.pem, "not valid now"),
        (envelope, b"no certificate", "cannot be read"),
    ):
        with pytest.raises(NotSigned, match=why):
            sns.verify(signer, pem, NOW)


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-west-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com.example.org/a.pem",
        "https://example.org/sns.eu-west-1.amazonaws.com",
        "https://sns.eu-west-1.amazonaws.com@example.org/a.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/a.pem",
        "https://bucket.s3.amazonaws.com/a.pem",
        "https://evil-sns.eu-west-1.amazonaws.com/a.pem",
        "",
    ],
)
def test_certificates_come_from_sns_alone(url: str) -> None:
    """Anybody may sign with a certificate of their own."""
    with pytest.raises(NotSigned, match="not one of SNS"):
        _ = Envelope({"SigningCertURL": url}).certificate_url


def test_what_is_no_object_is_no_message() -> None:
    """Nor is what is no JSON."""
    for source in (b"[]", b"{", b"\xff", b"null"):
        with pytest.raises(ValueError):  # noqa: PT011 - json has words of its own
            sns.opened(source)
