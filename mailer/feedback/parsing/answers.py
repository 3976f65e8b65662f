"""What is no report on a delivery: auto-replies (RFC 3834), challenges, and replies of people."""

from __future__ import annotations

import re

from mailer.feedback.parsing.addresses import first
from mailer.feedback.parsing.opened import Opened
from mailer.model.report import Report, ReportClass

_LONGEST_WISH = 300  # characters of a message that wants nothing but to be removed

_CHALLENGE = re.compile(
    r"(?:confirm|verify|prove) (?:that )?(?:you|your (?:message|e-?mail|identity|address))"
    r"|challenge[ /-]response|click (?:the link|here).{0,60}(?:deliver|release)"
    r"|(?:approved|verified) sender|one[- ]time (?:verification|confirmation)"
    r"|awaiting (?:your )?(?:verification|confirmation)|whitelist yourself",
    re.IGNORECASE | re.DOTALL,
)
_AUTOMATIC_SUBJECT = re.compile(
    r"out of (?:the )?office|auto(?:matic)?[- ]?(?:reply|response|antwort)|on (?:vacation|holiday)"
    r"|away from|automatische antwort|abwesenheit|nicht im (?:büro|haus)|r[ée]ponse automatique"
    r"|absence|absent du bureau|respuesta autom[aá]tica|fuera de (?:la )?oficina"
    r"|risposta automatica|fuori (?:sede|ufficio)|resposta autom[aá]tica|ausência"
    r"|automatisch antwoord|afwezig|автоответ|自動(?:応答|返信)|不在|自动(?:回复|答复)",
    re.IGNORECASE,
)
_AUTOMATIC_FIELDS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From", "X-AutoReply-From")
_WISH = re.compile(
    r"\bunsubscribe\b|\bremove me\b|\bremove (?:my|this) (?:e-?mail )?address\b|\btake me off\b"
    r"|\bstop (?:sending|mailing|e-?mailing)\b|\bopt[- ]?out\b|\bno more (?:e-?)?mails?\b"
    r"|\babmelden\b|\baustragen\b|\babbestellen\b|\bkeine (?:e-?)?mails? mehr\b"
    r"|\bd[ée]sabonner\b|\bd[ée]sinscri|\bdarme de baja\b|\bdar de baja\b|\bcancelar\b"
    r"|\bdisiscriv|\bcancellami\b|\bafmelden\b|\buitschrijven\b|отписа|配信停止|購読解除|退订",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    r"^(?:>.*|.{0,120}(?:wrote|schrieb|écrit|escribió|ha scritto):)$", re.MULTILINE
)


def read(opened: Opened) -> Report:
    """Who answers, and what kind of answer it is."""
    sender = first(opened.header("Reply-To")) or first(opened.header("From"))
    if _is_challenge(opened):
        return Report(sender, ReportClass.CHALLENGE)
    if _is_automatic(opened):
        return Report(sender, ReportClass.AUTO_REPLY)
    return Report(sender, ReportClass.REPLY)


def is_answer(opened: Opened) -> bool:
    """Whether it says so itself, whoever it is from: robots too have addresses like a mail
    system's."""
    away = _AUTOMATIC_SUBJECT.search(opened.header("Subject")) is not None
    return away or _is_challenge(opened)


def wants_out(subject: str, words: str) -> bool:
    """Whether a person asks to be removed: in the subject, or in few words of their own."""
    own = _QUOTED.split(words, maxsplit=1)[0].strip()
    return bool(_WISH.search(subject) or (len(own) <= _LONGEST_WISH and _WISH.search(own)))


def _is_automatic(opened: Opened) -> bool:
    stated = opened.header("Auto-Submitted").lower()
    return bool(
        (stated and not stated.startswith("no"))
        or opened.kind == "disposition-notification"
        or opened.header("Precedence").lower() in ("auto_reply", "bulk", "junk")
        or any(opened.message.get(name) is not None for name in _AUTOMATIC_FIELDS)
        or _AUTOMATIC_SUBJECT.search(opened.header("Subject"))
    )


def _is_challenge(opened: Opened) -> bool:
    """Nobody but a robot asks that; a person who forwards it has other words around it."""
    return bool(_CHALLENGE.search(opened.header("Subject"))) or (
        _is_automatic(opened) and bool(_CHALLENGE.search(opened.words))
    )
