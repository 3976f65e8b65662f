"""What follows from a report. Pure decisions; docs/bounces.md tells them to editors.

What proves a report decides what it may do: a mail to the bounce address may come from anybody, and
a made-up bounce must not cost a reader the newsletter. Our token proves that its bearer has had
the copy that it names; it speaks of that copy's reader alone.
"""

from __future__ import annotations

from enum import StrEnum

from mailer.model.report import Report, ReportClass


class Proof(StrEnum):
    TOKEN = "token"  # noqa: S105 - no password: it bears our mark of a copy
    VOUCHED = "vouched"  # a provider signed it, or an editor named this very file
    NONE = "none"


class Effect(StrEnum):
    SUPPRESSED = "suppressed"
    UNSUBSCRIBED = "unsubscribed"  # and suppressed
    COUNTED = "counted"  # with others it will suppress
    HELD = "held"  # one of so many at once that something else may be wrong; an editor decides
    TOLD = "told"  # the editor
    NOTED = "noted"  # in the report of the dispatch
    ASKED = "asked"  # an editor has to look: it is not proven
    HANDED_ON = "handed on"  # to the editor
    NONE = "none"


_FEW = 25  # copies of a dispatch that may always be dead


def effect(report: Report, proof: Proof, hits_the_reader: bool, outlived: bool = False) -> Effect:
    """What one report does. `hits_the_reader`: it is about the address that we mailed, not about
    one behind it, to which that one forwards; `outlived`: its reader has answered a later mail."""
    if report.kind is ReportClass.REPLY:
        return Effect.HANDED_ON
    if not report.final or report.kind in (ReportClass.AUTO_REPLY, ReportClass.CHALLENGE):
        return Effect.NONE
    if proof is Proof.NONE:
        return Effect.ASKED if report.kind.suppresses else Effect.NONE
    if report.kind is ReportClass.COMPLAINT:
        return Effect.UNSUBSCRIBED
    if outlived and (report.kind is ReportClass.DEAD or report.kind.is_soft):
        return Effect.NOTED
    if report.kind is ReportClass.DEAD:
        return Effect.SUPPRESSED if hits_the_reader else Effect.COUNTED
    if report.kind is ReportClass.OURS:
        return Effect.TOLD
    return Effect.COUNTED if report.kind.is_soft else Effect.NOTED


def are_too_many(suppressed: int, total: int, share: float) -> bool:
    """Whether so many of a dispatch's readers would be suppressed that a relay or a name server is
    wrong rather than they are. A share of 1 never says so."""
    return share < 1 and suppressed > max(_FEW, share * total)
