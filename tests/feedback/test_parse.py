"""bytes → what came back, in every form that it comes in."""

from __future__ import annotations

import pytest
from feedback.reports import (
    COPY,
    DELIVERY,
    TEMPLATE,
    TOKEN,
    complaint,
    dsn,
    failed,
    only,
    plain,
    read,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.model.report import BOUNCES, ReportClass
from mailer.model.return_path import filled

DEAD = failed("550 5.1.1 <ann@example.com>: no such user", "5.1.1")
VERP = filled(TEMPLATE, TOKEN)


@pytest.mark.parametrize(
    ("source", "to"),
    [
        (dsn(DEAD), VERP),
        (dsn(DEAD), VERP.upper()),
        (dsn(DEAD).replace(b"To: bounces@news", f"To: bounces+{TOKEN}@news".encode()), ""),
        (b"Delivered-To: " + VERP.encode() + b"\n" + dsn(DEAD), ""),
        (dsn(DEAD, message=f"Original-Envelope-Id: {TOKEN}\n"), ""),
        (dsn(DEAD, copy=f"{COPY}X-Delivery-Token: {TOKEN}\n"), ""),
        (complaint("Feedback-Type: abuse", f"X-Delivery-Token: {TOKEN}\n{COPY}"), ""),
        (plain(f"<ann@example.com>:\n550 gone\n\n--- Original message\nX-T: {TOKEN}\n"), ""),
    ],
)
def test_our_token_is_found_wherever_it_comes_back(source: bytes, to: str) -> None:
    """In the return path, in capitals too, in ENVID, and in a field of the returned copy."""
    assert read(source, to).mark.delivery == DELIVERY


@pytest.mark.parametrize("end", ["a", "7"])
def test_a_token_that_we_did_not_make_proves_nothing(end: str) -> None:
    """Nor does one of which a character was changed."""
    forged = TOKEN[:-1] + (end if TOKEN[-1] != end else "b")
    mark = read(dsn(DEAD), filled(TEMPLATE, forged)).mark
    assert mark.delivery is None
    assert mark.forged


def test_a_notification_tells_of_every_recipient() -> None:
    """Each with what was said about it, and the address that the copy was sent to."""
    full = failed("552 5.2.2 over quota", "5.2.2", "bob@example.com")
    groups = f"{DEAD}Original-Recipient: rfc822;ann@old.example\n\n{full}"
    first, second = read(dsn(groups)).reports
    assert (first.recipient, first.original) == ("ann@example.com", "ann@old.example")
    assert (first.kind, second.kind) == (ReportClass.DEAD, ReportClass.FULL)
    assert second.status == "5.2.2"
    assert second.text == "552 5.2.2 over quota"


def test_groups_without_a_line_between_them_are_told_apart() -> None:
    """Some systems lose it."""
    groups = DEAD + failed("552 5.2.2 full", "5.2.2", "bob@example.com")
    assert [r.recipient for r in read(dsn(groups)).reports] == [
        "ann@example.com",
        "bob@example.com",
    ]


def test_a_notification_whose_parts_were_lost_is_read_from_its_text() -> None:
    """A relay may make plain text of it."""
    report = only(plain(f"Sorry.\n\nReporting-MTA: dns; mx\n{DEAD}"))
    assert (report.recipient, report.kind) == ("ann@example.com", ReportClass.DEAD)


def test_an_internationalised_recipient_is_read() -> None:
    """As RFC 6533 spells it, and as it is."""
    for spelt in (r"utf-8; jos\x{E9}@example.com", "utf-8; josé@example.com"):
        group = DEAD.replace("rfc822; ann@example.com", spelt)
        assert only(dsn(group)).recipient == "josé@example.com"


@pytest.mark.parametrize(("copy", "recipient"), [(COPY, "ann@example.com"), ("", "")])
def test_a_recipient_that_cannot_be_read_is_a_report_all_the_same(
    copy: str, recipient: str
) -> None:
    """The copy tells whom it was for, or a token."""
    unread = failed("550 5.1.1 no such user", "5.1.1").replace("ann@example.com", "|/bin/catch")
    report = only(dsn(unread, copy=copy))
    assert (report.recipient, report.kind) == (recipient, ReportClass.DEAD)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_good_news_are_no_report(action: str) -> None:
    """RFC 3464 §2.3.3 has them too."""
    group = DEAD.replace("failed", action).replace("5.1.1", "2.1.5")
    assert read(dsn(group)).reports == ()


def test_what_is_delayed_is_not_final() -> None:
    """Whatever its code: the system still tries."""
    report = only(dsn(DEAD.replace("failed", "delayed")))
    assert not report.final
    assert report.kind is ReportClass.TEMPORARY


def test_a_report_returned_inside_a_report_is_not_read() -> None:
    """Only the outer one is about our copy."""
    inner = dsn(failed("550 5.1.1 gone", "5.1.1", "other@example.com")).decode()
    source = dsn(DEAD).replace(b"text/rfc822-headers", b"message/rfc822")
    source = source.replace(
        COPY.encode(), inner.replace("--b", "--c").replace('"b"', '"c"').encode()
    )
    assert only(source).recipient == "ann@example.com"


WORDS = {
    "behind a heading": "I could not deliver your message to:\n\n<ann@example.com>:\n550 gone",
    "indented": "The following address failed:\n\n    ann@example.com\n      mailbox is full\n",
    "in a sentence": "There was an error delivering your mail to <ann@example.com>.\n550 no\n",
    "in a transcript": ">>> RCPT TO:<ann@example.com>\n<<< 550 no such user here\n",
    "behind a code": "554 <ann@example.com>... 550 Host unknown\n",
    "in the returned copy": "Nobody could be reached.\n\n----- Original message -----\n" + COPY,
    "before the sender": "MAIL FROM:<news@example.org>\nRCPT TO:<ann@example.com>\n550 no\n",
}


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_a_recipient_is_found_in_words(words: str) -> None:
    """Neither whoever reports nor whose copy it was is taken for it."""
    assert only(plain(words)).recipient == "ann@example.com"


def test_each_recipient_in_words_has_what_is_said_behind_it() -> None:
    """Also where a summary names both before."""
    words = (
        "Failed:\n<ann@example.com>\n<bob@example.com>\n\nTranscript:\n"
        "<ann@example.com>: does not like recipient: 550 user unknown\n"
        "<bob@example.com>: does not like recipient: 552 mailbox full\n"
    )
    kinds = {report.recipient: report.kind for report in read(plain(words)).reports}
    assert kinds == {"ann@example.com": ReportClass.DEAD, "bob@example.com": ReportClass.FULL}


def test_a_report_in_html_alone_is_read() -> None:
    """Its style sheet is no text."""
    head = "From: postmaster@example.net\nSubject: Undeliverable\nContent-Type: text/html\n"
    page = "<style>a@b.example{}</style><p>ann@example.com</p><p>The address is unknown</p>"
    report = only(plain(page, head))
    assert (report.recipient, report.kind) == ("ann@example.com", ReportClass.DEAD)


def test_a_report_that_names_nobody_still_counts() -> None:
    """The token tells whose it is."""
    found = read(plain("Your message could not be delivered: mailbox full."), VERP)
    [report] = found.reports
    assert (report.recipient, report.kind) == ("", ReportClass.FULL)
    assert found.mark.delivery == DELIVERY


@pytest.mark.parametrize(
    ("fields", "kind", "recipients"),
    [
        ("Feedback-Type: abuse", ReportClass.COMPLAINT, ["ann@example.com"]),
        (
            "Feedback-Type: abuse\nOriginal-Rcpt-To: a@a.example\nRemoval-Recipient: b@b.example",
            ReportClass.COMPLAINT,
            ["a@a.example", "b@b.example"],
        ),
        ("Feedback-Type: auth-failure", ReportClass.OURS, ["ann@example.com"]),
        ("Feedback-Type: not-spam", None, []),
    ],
)
def test_a_feedback_report_is_a_complaint_unless_it_says_otherwise(
    fields: str, kind: ReportClass | None, recipients: list[str]
) -> None:
    """One about authentication (RFC 6591) is our own fault."""
    reports = read(complaint(fields)).reports
    assert [report.recipient for report in reports] == recipients
    assert all(report.kind is kind for report in reports)


def test_microsofts_form_of_a_complaint_is_known() -> None:
    """No feedback report: the copy, with a field for the reader who complained."""
    source = complaint("Feedback-Type: abuse", f"X-HmXmrOriginalRecipient: bob@example.com\n{COPY}")
    source = source.replace(b"message/feedback-report", b"text/plain")
    assert only(source).recipient == "bob@example.com"


@pytest.mark.parametrize(
    ("head", "words", "kind"),
    [
        ("Subject: Re: January\n", "I liked the second item.", ReportClass.REPLY),
        ("Subject: Out of office: January\n", "Back on Monday.", ReportClass.AUTO_REPLY),
        ("Subject: January\nAuto-Submitted: auto-replied\n", "Thanks.", ReportClass.AUTO_REPLY),
        ("Subject: Automatische Antwort: Januar\n", "Ich bin weg.", ReportClass.AUTO_REPLY),
        ("Subject: Please verify your message\n", "Click here.", ReportClass.CHALLENGE),
        ("Subject: Re: failure notice\n", "I know, thank you.", ReportClass.REPLY),
        (
            "Subject: Your mail\nAuto-Submitted: auto-replied\n",
            "Prove that you are a person: click the link to have it delivered.",
            ReportClass.CHALLENGE,
        ),
    ],
)
def test_answers_are_told_from_reports(head: str, words: str, kind: ReportClass) -> None:
    """By who gives them: a person, somebody's program, a robot at the door."""
    report = only(plain(words, f"From: Ann <ann@example.com>\n{head}"))
    assert (report.recipient, report.kind) == ("ann@example.com", kind)


@pytest.mark.parametrize("subject", ["Out of office: January", "Please confirm your message"])
def test_a_robot_with_a_systems_address_reports_nothing(subject: str) -> None:
    """It answers, and no copy is lost."""
    answer = only(plain("Hello.", f"From: no-reply@example.net\nSubject: {subject}\n"))
    assert answer.kind not in BOUNCES


@pytest.mark.parametrize(
    ("subject", "words", "wanted"),
    [
        ("unsubscribe", "", True),
        ("Re: January", "Please remove me from this list.\n\nAnn wrote:\n> Hello", True),
        ("AW: Januar", "Bitte abmelden.", True),
        ("Re: January", "Great!\n\n> To unsubscribe, use this link", False),
        ("Re: January", "On robots that unsubscribe people. " * 12, False),
        ("Re: January", "Nice issue.", False),
    ],
)
def test_who_wants_to_be_removed_is_heard(subject: str, words: str, wanted: bool) -> None:
    """What a reply quotes of us does not count, nor a word in a long letter."""
    source = plain(words, f"From: ann@example.com\nSubject: {subject}\n")
    assert read(source).wants_out is wanted


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
@settings(max_examples=60, deadline=None)
def test_no_octets_are_too_strange(octets: bytes) -> None:
    """Whatever comes is read as something; in a report's place too."""
    read(octets)
    read(dsn("").replace(b"Reporting-MTA", octets))
    read(plain("") + octets)
