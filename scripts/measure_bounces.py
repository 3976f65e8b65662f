"""How well reports are understood: `python scripts/measure_bounces.py FOLDER [-v]`.

The folder holds messages (*.eml) and labels.json: for each file a list of what a person read in it,
`{"rcpt": address, "hard": whether the address is dead, "reason": word}`. Prints what share of the
recipients was found, how far the verdict "dead" is right, and how many readers would be lost.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailer.feedback.parsing.own import Marks
from mailer.feedback.parsing.parse import parse
from mailer.links import Keyring
from mailer.model.report import Report, ReportClass

# The reasons in such labels that are faults of the sender.
_OURS = frozenset(
    {"authfailure", "requireptr", "notcompliantrfc", "securityerror", "syntaxerror", "norelaying"}
)
_NO_MARKS = Marks(Keyring(1, {1: b"nobody's"}), "nobody@example.org")


@dataclass(frozen=True)
class Compared:
    """What one label says, and the report on the same recipient, if there is one."""

    file: str
    label: dict[str, Any]
    report: Report | None

    @property
    def dead(self) -> bool:
        return self.report is not None and self.report.kind is ReportClass.DEAD


def compared(folder: Path) -> Iterator[Compared]:
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    for name, expected in sorted(labels.items()):
        reports = parse((folder / name).read_bytes(), _NO_MARKS).reports
        found = {report.recipient.lower(): report for report in reports}
        for label in expected:
            yield Compared(name, label, found.get(label["rcpt"].lower()))


def share(part: int, whole: int) -> str:
    return f"{part:4} of {whole:4}  {part / whole:7.1%}" if whole else "none"


def show(every: list[Compared]) -> None:
    hard = [each for each in every if each.label["hard"]]
    soft = [each for each in every if not each.label["hard"]]
    right, wrong = sum(each.dead for each in hard), sum(each.dead for each in soft)
    blamed = [each for each in soft if each.label["reason"] in _OURS]
    print("recipients found        ", share(sum(e.report is not None for e in every), len(every)))
    print("dead, and so labelled   ", share(right, right + wrong), " (precision)")
    print("so labelled, and found  ", share(right, len(hard)), " (recall)")
    print("suppressed by mistake   ", share(wrong, len(soft)))
    print("suppressed for our fault", share(sum(each.dead for each in blamed), len(blamed)))


def explain(every: list[Compared]) -> None:
    """Each label that was missed, for whoever develops on a part of the samples."""
    for each in every:
        if each.report is None or each.dead is not each.label["hard"]:
            said = (
                each.report and f"{each.report.kind} {each.report.status} {each.report.text[:150]}"
            )
            print(
                f"{each.file}: {each.label['rcpt']} {each.label['reason']}: {said or 'not found'}"
            )


if __name__ == "__main__":
    found = list(compared(Path(sys.argv[1])))
    show(found)
    if "-v" in sys.argv[2:]:
        explain(found)
