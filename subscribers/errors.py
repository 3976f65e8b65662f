"""Every error of the subscriber store.

SubscribersError            one line: what, where, how to mend; exit status 1
├── UnknownList             no list of that name; exit status 2
├── UnknownSubscriber       nobody of that address; exit status 2
├── AlreadyThere            a list of that name or List-Id exists
├── BadAddress              not an e-mail address; exit status 2
├── BadName                 cannot name a list or an attribute; exit status 2
├── BadValue                cannot be the value of an attribute; exit status 2
└── BadFile                 a file, or a row of it, that cannot be imported
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


class BadFile(SubscribersError):
    pass
