"""What the field's mail systems say, in the forms in which they say it."""

from __future__ import annotations

import pytest
from feedback.reports import COPY, dsn, failed, only, plain

from mailer.model.report import ReportClass

DEAD, FULL, TEMPORARY, BLOCKED, OURS = (
    ReportClass.DEAD,
    ReportClass.FULL,
    ReportClass.TEMPORARY,
    ReportClass.BLOCKED,
    ReportClass.OURS,
)
ANN = "ann@example.com"
AT_RCPT = "(in reply to RCPT TO command)"

# Quoted in a delivery status.
QUOTED = {
    "Exchange, edge": (f"550 5.4.1 [{ANN}]: Recipient address rejected: Access denied", DEAD),
    "Exchange, edge, today": ("550 5.4.1 Recipient address rejected: Access denied. See x", DEAD),
    "Exchange": ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found by SMTP lookup", DEAD),
    "Exchange, domain": ("550 5.4.310 DNS domain example.com does not exist", DEAD),
    "Exchange, full": ("554 5.2.2 mailbox full; STOREDRV.Deliver: QuotaExceeded", FULL),
    "Exchange, loop": ("554 5.4.14 Hop count exceeded - possible mail loop", TEMPORARY),
    "Exchange, expired": ("550 5.4.316 Message expired, connection refused", TEMPORARY),
    "Exchange, address": ("550 5.7.606 Access denied, banned sending IP [192.0.2.1]", BLOCKED),
    "Outlook.com": ("550 5.7.1 messages from [192.0.2.1] weren't sent: block list", BLOCKED),
    "Outlook.com, DMARC": ("550 5.7.509 Access denied, does not pass DMARC", OURS),
    "Gmail": ("550-5.1.1 The email account that you tried to reach does not exist.", DEAD),
    "Gmail, shut": ("550 5.2.1 The email account that you tried to reach is inactive.", TEMPORARY),
    "Gmail, full": ("452 4.2.2 The recipient's inbox is out of storage space.", FULL),
    "Gmail, PTR": ("550-5.7.25 The IP address sending this has no PTR record setup", OURS),
    "Gmail, login": ("550-5.7.26 This mail is unauthenticated", OURS),
    "Gmail, spam": ("550-5.7.1 Gmail has detected that this is likely unsolicited mail.", BLOCKED),
    "Yahoo": ("554 delivery error: dd This user doesn't have a yahoo.com account", DEAD),
    "Yahoo, full": ("554 delivery error: dd exceeded storage allocation", FULL),
    "Yahoo, shut": ("554 30 Sorry, cannot be delivered. This mailbox is disabled.", TEMPORARY),
    "Yahoo, rate": ("421 4.7.0 [TSS04] deferred due to unexpected volume", BLOCKED),
    "iCloud": (f"550 5.1.1 <{ANN}>: user does not exist", DEAD),
    "iCloud, full": (f"552 5.2.2 <{ANN}>: user is over quota", FULL),
    "iCloud, policy": ("554 5.7.1 [CS01] Message rejected due to local policy.", BLOCKED),
    "mail.ru": (f"550 invalid mailbox. Local mailbox {ANN} is unavailable: user not found", DEAD),
    "mail.ru, shut": ("550 invalid mailbox. It is unavailable: account is disabled", TEMPORARY),
    "mail.ru, spam": ("550 spam message rejected. Error code: abc.", BLOCKED),
    "Yandex": ("550 5.7.1 No such user!", DEAD),
    "Yandex, policy": ("554 5.7.1 Policy rejection on the target address", BLOCKED),
    "GMX": ("550 Requested action not taken: mailbox unavailable", DEAD),
    "GMX, address": ("554-No SMTP service 554-IP address is black listed.", BLOCKED),
    "Proofpoint": ("550 5.1.1 User Unknown", DEAD),
    "Proofpoint, policy": (f"550 5.7.0 Local Policy Violation - {ANN}", BLOCKED),
    "Mimecast": ("550 Invalid Recipient - https://example.net/docs#550 [abc]", DEAD),
    "Mimecast, policy": ("550 Administrative prohibition - envelope blocked", BLOCKED),
    "Mimecast, busy": ("451 Internal resource temporarily unavailable", TEMPORARY),
    "Barracuda": (f"550 permanent failure ({ANN}:550 5.1.1 No such user)", DEAD),
    "Cisco": ("550 #5.1.0 Address rejected.", DEAD),
    "Cisco, harvest": ("550 5.1.0 Too many invalid recipients", BLOCKED),
    "Zimbra": ("554 5.2.2 Over quota", FULL),
    "Dovecot": ("552 5.2.2 Quota exceeded (mailbox for user is full)", FULL),
    "Postfix": (f"550 5.1.1 <{ANN}>: Recipient address rejected: User unknown", DEAD),
    "Postfix, relay": (f"554 5.7.1 <{ANN}>: Relay access denied", TEMPORARY),
    "Postfix, HELO": ("504 5.5.2 <localhost>: Helo command rejected: need a full name", OURS),
    "Domino": (f"X-Notes; User ann ({ANN}) not listed in Domino Directory", DEAD),
    "Orange": ("550 5.2.0 Mail rejete. Mail rejected. OFR_506 [506]", BLOCKED),
    "163": (f"550 User not found: {ANN}", DEAD),
    "QQ": ("550 Mailbox not found. http://service.mail.example.net/", DEAD),
}


@pytest.mark.parametrize(("said", "kind"), QUOTED.values(), ids=QUOTED)
def test_what_mail_systems_answer_to_rcpt_is_understood(said: str, kind: ReportClass) -> None:
    """Behind a relay that says to what it was answered."""
    report = only(dsn(failed(said, ""), AT_RCPT))
    assert (report.recipient, report.kind) == (ANN, kind)


# What a system finds out by itself: (status, diagnostic).
BY_ITSELF = {
    "no name": ("5.4.4", "X-Postfix; Host not found. Name service error for type=A", DEAD),
    "no mail there": ("5.1.0", "X-Postfix; Domain does not accept mail (nullMX)", DEAD),
    "no user": ("5.1.1", 'X-Postfix; unknown user: "ann"', DEAD),
    "no answer": ("5.4.3", "X-Postfix; type=MX: Host not found, try again", TEMPORARY),
    "refused": ("4.4.1", "X-Postfix; connect to [192.0.2.1]:25: Connection refused", TEMPORARY),
    "hung up": ("4.4.2", "X-Postfix; lost connection with mx[192.0.2.1]", TEMPORARY),
    "no room": ("5.2.2", "x-unix; maildrop: maildir over quota.", FULL),
    "its own queue": ("5.4.7", "X-It; delivery expired (message too old)", TEMPORARY),
}


@pytest.mark.parametrize(("status", "said", "kind"), BY_ITSELF.values(), ids=BY_ITSELF)
def test_what_a_mail_system_finds_out_by_itself_is_understood(
    status: str, said: str, kind: ReportClass
) -> None:
    """No server was asked, or none answered."""
    group = f"Final-Recipient: rfc822; {ANN}\nAction: failed\nStatus: {status}\n"
    assert only(dsn(f"{group}Diagnostic-Code: {said}\n")).kind is kind


# In words alone.
IN_WORDS = {
    "Exim": (f"  {ANN}\n    SMTP error after RCPT TO:<{ANN}>:\n    550 No such person here", DEAD),
    "Exim, domain": (f"  {ANN}\n    Unrouteable address", DEAD),
    "Exim, waiting": (f"  {ANN}\n    retry timeout exceeded", TEMPORARY),
    "qmail": (f"<{ANN}>:\nSorry, no mailbox here by that name. (#5.1.1)", DEAD),
    "qmail, remote": (
        f"<{ANN}>:\n192.0.2.7 does not like recipient.\nRemote host said: 550 no such user",
        DEAD,
    ),
    "qmail, domain": (f"<{ANN}>:\nSorry, I couldn't find any host named x. (#5.1.2)", DEAD),
    "qmail, DNS": (f"<{ANN}>:\nCNAME lookup failed temporarily. (#4.4.3)", TEMPORARY),
    "Courier": (f"<{ANN}>:\n>>> RCPT TO:<{ANN}>\n<<< 550 5.1.1 User Unknown", DEAD),
    "GMX": (f'"{ANN}":\nSMTP error after RCPT command:\n5.1.1 User is unknown', DEAD),
    "GroupWise": (f"undeliverable to the following:\n\t{ANN} (user not found)", DEAD),
    "GroupWise, full": (f"undeliverable to the following:\n\t{ANN} (mailbox is full)", FULL),
    "Domino": (f"User not listed in public Name & Address Book\n{ANN}", DEAD),
    "hMailServer": (f"{ANN}\n   sent: RCPT TO:<{ANN}>\n   replied: 550 User unknown", DEAD),
    "MDaemon": (f"--> RCPT To:<{ANN}>\n<-- 550 <{ANN}>, Recipient unknown", DEAD),
    "James": (f"Failed recipient(s):\n{ANN}\n\nError:\n550 5.1.1 User unknown", DEAD),
    "IronPort": (f"Message to <{ANN}> failed.\n5.1.0 - Unknown address 550-'5.1.1 none'", DEAD),
    "IronPort, late": (f"Message to <{ANN}> failed.\n5.4.7 - expired (message too old)", TEMPORARY),
    "Gmail, DNS": (f"Not delivered to {ANN}.\nDNS Error: code SERVFAIL", TEMPORARY),
    "Gmail, domain": (f"Not delivered to {ANN}.\nDNS Error: code NXDOMAIN", DEAD),
    "in German": (f"<{ANN}>: Empfänger unbekannt", DEAD),
    "in French": (f"{ANN}\n  L'adresse que vous avez entrée est introuvable.", DEAD),
    "in Spanish": (f"{ANN}\n  El usuario no fue encontrado", DEAD),
    "in Italian": (f"{ANN}\n  L'indirizzo non esiste", DEAD),
    "in Portuguese": (f"{ANN}\n  O endereço de e-mail não foi encontrado", DEAD),
    "in Dutch": (f"{ANN}\n  Het e-mailadres bestaat niet", DEAD),
    "in Polish": (f"{ANN}\n  Użytkownik nie istnieje", DEAD),
    "in Czech": (f"{ANN}\n  Uživatel neexistuje", DEAD),
    "in Swedish": (f"{ANN}\n  Mottagaren hittades inte", DEAD),
    "in Turkish": (f"{ANN}\n  Alıcı bulunamadı", DEAD),
    "in Russian": (f"{ANN}\n  Такого пользователя не существует", DEAD),
    "in Chinese": (f"{ANN}\n  收件人邮件地址不存在", DEAD),
    "in Japanese": (f"{ANN}\n  ユーザが存在しません", DEAD),
    "in Korean": (f"{ANN}\n  사용자를 찾을 수 없습니다", DEAD),
    "full, in Dutch": (f"{ANN}\n  Het postvak is vol", FULL),
    "full, in Polish": (f"{ANN}\n  Skrzynka jest przepełniona", FULL),
}


@pytest.mark.parametrize(("words", "kind"), IN_WORDS.values(), ids=IN_WORDS)
def test_reports_in_words_are_understood(words: str, kind: ReportClass) -> None:
    """In the form that each system gives them, and in many languages."""
    report = only(plain(f"It could not be done.\n\n{words}\n\n-- Original message --\n{COPY}"))
    assert (report.recipient, report.kind) == (ANN, kind)


def test_what_a_server_says_of_the_sender_is_of_no_reader() -> None:
    """Whatever number it gives: it has not heard of the reader yet."""
    for said in ("550 5.1.1 no such user", "550 the domain example.org does not exist"):
        words = f"{ANN}\n  SMTP error after MAIL FROM:<news@example.org>:\n  {said}"
        assert only(plain(words)).kind is not DEAD


def test_a_status_without_a_diagnosis_is_read_with_the_words_beside_it() -> None:
    """OpenSMTPD and others quote the server there alone."""
    group = f"Final-Recipient: rfc822; {ANN}\nAction: failed\nStatus: 5.0.0\n"
    words = f"These failed:\n\n{ANN}: 550 5.1.1 <{ANN}>: User unknown\n\nA copy is below."
    report = only(dsn(group, words))
    assert (report.kind, report.status) == (DEAD, "5.1.1")


def test_a_report_that_lost_the_lines_between_its_parts_is_read_as_text() -> None:
    """Its header says that there are parts, and there are none."""
    source = dsn(failed("550 5.1.1 no such user", "5.1.1"))
    lost = b"\n".join(
        line
        for line in source.splitlines()
        if not line.startswith((b"--b", b"Content-Type: text", b"Content-Type: message"))
    )
    report = only(lost)
    assert (report.recipient, report.kind) == (ANN, DEAD)
