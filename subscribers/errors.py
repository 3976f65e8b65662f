"""Every error of the subscriber store.

SubscribersError            one line: what, where, how to mend; exit status 1
├── UnknownList             no list of that name; exit status 2
├── UnknownSubscriber       nobody of that address; exit status 2
├── AlreadyThere            a list of that name or List-Id exists
├── BadAddress              not an e-mail address; exit status 2
├── BadName                 cannot name a list or an attribute; exit status 2
├── BadValue                cannot be the value of an attribute; exit status 2
├── UnknownSegment          no segment of that name; exit status 2
├── BadSegment              an expression that says nothing clear; exit status 2
├── WasErased               an address that only its owner brings back; exit status 2
├── NeedsReason             a complaint is lifted only by who says why; exit status 2
├── NoPepper                erased addresses cannot be told; exit status 2
├── HandLost                the second process of an import or an export was ended
└── BadFile                 a file, or a row of it, that cannot be imported
    └── NoFile              there is none of that name; exit status 2
"""

from __future__ import annotations


class SubscribersError(Exception):
    """Its text is one line for the user: what is wrong, where, and how to mend it."""

    exit_status = 1


class UnknownList(SubscribersError):
    exit_status = 2


class UnknownSubscriber(SubscribersError):
    exit_status = 2


class AlreadyThere(SubscribersError):
    pass


class BadAddress(SubscribersError):
    exit_status = 2


class BadName(SubscribersError):
    exit_status = 2


class BadValue(SubscribersError):
    exit_status = 2


class UnknownSegment(SubscribersError):
    exit_status = 2


class BadSegment(SubscribersError):
    """`column` counts the characters of the expression, from 1."""

    exit_status = 2

    def __init__(self, column: int, what: str, mend: str) -> None:
        super().__init__(f"segment, column {column}: {what}: {mend}")
        self.column = column


class WasErased(SubscribersError):
    exit_status = 2


class NeedsReason(SubscribersError):
    exit_status = 2


class NoPepper(SubscribersError):
    exit_status = 2


class HandLost(SubscribersError):
    def __init__(self) -> None:
        super().__init__(
            "the second process that shares this work was ended from outside, perhaps for want of "
            "memory: run the same command again"
        )


class BadFile(SubscribersError):
    pass


class NoFile(BadFile):
    exit_status = 2
