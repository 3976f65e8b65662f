"""Feedback-ID: by what Gmail's Postmaster Tools tell the complaints about a sender apart.

Google's form is `a:b:c:SenderId`, the most particular first; it counts by each of the four, so none
may be of one reader alone. It heeds the field only under a DKIM signature of the sender's domain.
"""

from __future__ import annotations

KIND = "issue"
_SHORTEST, _LONGEST = 5, 15  # characters of SenderId


def feedback_id(dispatch_id: int, list_name: str, publication_id: str) -> str:
    """`7:monthly:issue:neurodigest`: the dispatch, its list, the kind of mail, the sender."""
    return f"{dispatch_id}:{list_name}:{KIND}:{_sender_id(publication_id)}"


def _sender_id(publication_id: str) -> str:
    fitting = publication_id[:_LONGEST].rstrip("-")
    return fitting if len(fitting) >= _SHORTEST else f"{fitting}-mailer"
