"""The sources that an import knows, each told by the header of what it exports.

To add one: a `Format` with the columns that tell it, what they mean, and its own words for how
somebody stands; its place in `FORMATS` (the first that fits is taken); a file in its form beside
the tests. A column that is not named becomes an attribute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from subscribers.errors import BadFile
from subscribers.importing.meaning import Claim, Meaning

M = Meaning


@dataclass(frozen=True, slots=True)
class Format:
    """Headings are in lower case. `proof` are the columns that, all filled, show that a person
    agreed; empty where the source keeps no such thing. `claims` holds for whole files, told by a
    word in their names. `separator` stands between tags. `defused`: cells of CSV that a spreadsheet
    would run have an apostrophe before them."""

    name: str
    title: str
    told_by: frozenset[str]
    columns: Mapping[str, Meaning]
    words: Mapping[str, Claim] = field(default_factory=dict)
    proof: tuple[Meaning, ...] = ()
    claim: Claim = Claim.SUBSCRIBED
    claims: Mapping[str, Claim] = field(default_factory=dict)
    separator: str = ","
    defused: bool = False

    def claim_of(self, file: str) -> Claim:
        """How everybody in a file of this name stands whose row says nothing else."""
        name = file.lower()
        return next((claim for word, claim in self.claims.items() if word in name), self.claim)


def _left_behind(*headings: str) -> dict[str, Meaning]:
    """What only the source's own machine had a use for."""
    return dict.fromkeys(headings, M.NOTHING)


# The heading of the addresses is not what tells it: an editor may have renamed that one.
_MAILCHIMP = {
    "email address": M.EMAIL,
    "optin_time": M.SIGNED_UP,
    "optin_ip": M.SIGNED_UP_IP,
    "confirm_time": M.CONFIRMED,
    "confirm_ip": M.CONFIRMED_IP,
    "unsub_time": M.LEFT,
    "clean_time": M.LEFT,
    "unsub_reason": M.WHY,
    "tags": M.TAGS,
    **_left_behind("member_rating", "latitude", "longitude", "gmtoff", "dstoff", "last_changed"),
    **_left_behind("leid", "euid", "unsub_campaign_title", "unsub_campaign_id"),
    **_left_behind("clean_campaign_title", "clean_campaign_id", "unsub_reason_other"),
}
# Mailchimp notes a time of confirmation for whoever confirmed or was let in without being asked.
_MAILCHIMP_PROOF = (M.CONFIRMED,)

_BUTTONDOWN = {
    "creation_date": M.SIGNED_UP,
    "ip_address": M.SIGNED_UP_IP,
    "unsubscription_date": M.LEFT,
    "unsubscription_reason": M.WHY,
    "tags": M.TAGS,
    "metadata": M.OBJECT,
    **_left_behind("id", "secondary_id", "last_open_date", "last_click_date"),
}
_BUTTONDOWN_WORDS = {
    **dict.fromkeys(("regular", "premium", "gifted", "trialed", "paused"), Claim.SUBSCRIBED),
    **dict.fromkeys(("churning", "churned", "past_due"), Claim.SUBSCRIBED),
    **dict.fromkeys(("unactivated", "unpaid"), Claim.UNCONFIRMED),
    "removed": Claim.UNSUBSCRIBED,
    **dict.fromkeys(("undeliverable", "malformed", "disposable"), Claim.BOUNCED),
    **dict.fromkeys(("spammy", "blocked", "malicious"), Claim.BLOCKED),
}
# Who is not `unactivated` confirmed; an address comes with those who signed up themselves.
_BUTTONDOWN_PROOF = (M.SIGNED_UP, M.SIGNED_UP_IP)

# What Substack counted of a person on its page of subscribers, as a whole and lately.
_SUBSTACK_COUNTED = _left_behind(
    *(
        f"{what}{span}"
        for what in (
            *("emails received", "emails dropped", "emails opened", "unique emails seen"),
            *("email receives", "email drops", "email opens", "post views", "unique posts seen"),
            *("comments", "shares", "days active", "links clicked", "link clicks"),
        )
        for span in (
            *("", " (6mo)", " (30d)", " (7d)", " (all time)", " (all-time)"),
            *(" (last 6 months)", " (last 30 days)", " (last 7 days)"),
        )
    ),
    *("num_emails_opened", "last email open", "email last opened at", "last clicked at"),
)

PLAIN = Format(
    "csv",
    "",
    frozenset(),
    {"consent": M.CONSENT, "joined": M.JOINED, "tags": M.TAGS},
    proof=(M.CONFIRMED,),
)


def _buttondown(address: str, status: str, *more: str) -> Format:
    """Told by these headings: there were others before."""
    return Format(
        "buttondown",
        "Buttondown",
        frozenset({address, status, *more}),
        {address: M.EMAIL, status: M.STATUS, **_BUTTONDOWN},
        words=_BUTTONDOWN_WORDS,
        proof=_BUTTONDOWN_PROOF,
        separator=";",
    )


FORMATS = (
    Format(
        "mailer",
        "our own export",
        frozenset({"email", "status", "joined_at", "consent", "consent_ip"}),
        {
            "email": M.EMAIL,
            "status": M.STATUS,
            "joined_at": M.LISTED,
            "confirmed_at": M.CONFIRMED,
            "left_at": M.LEFT,
            "consent": M.CONSENT,
            "consent_ip": M.CONFIRMED_IP,
            "tags": M.TAGS,
            "attributes": M.OBJECT,
        },
        proof=(M.CONFIRMED,),
        separator="\n",
        defused=True,
    ),
    Format(
        "mailchimp",
        "Mailchimp, people who unsubscribed",
        frozenset({"unsub_time"}),
        _MAILCHIMP,
        claim=Claim.UNSUBSCRIBED,
    ),
    Format(
        "mailchimp",
        "Mailchimp, addresses that bounced",
        frozenset({"clean_time"}),
        _MAILCHIMP,
        claim=Claim.BOUNCED,
    ),
    Format(
        "mailchimp",
        "Mailchimp",
        frozenset({"optin_time", "confirm_time"}),
        _MAILCHIMP,
        proof=_MAILCHIMP_PROOF,
        # Each a part of the one before: the longest first.
        claims={
            "nonsubscribed": Claim.NEVER,
            "non-subscribed": Claim.NEVER,
            "non_subscribed": Claim.NEVER,
            "unsubscribed": Claim.UNSUBSCRIBED,
            "cleaned": Claim.BOUNCED,
        },
    ),
    Format(
        "substack",
        "Substack",
        frozenset({"email", "email_disabled"}),
        {
            "email": M.EMAIL,
            "email_disabled": M.STATUS,
            "created_at": M.CREATED,
            **_left_behind("stripe_customer_id", "stripe_connected_customer_id"),
        },
        words={"false": Claim.SUBSCRIBED, "true": Claim.UNSUBSCRIBED, "": Claim.SUBSCRIBED},
    ),
    Format(
        "substack",
        "Substack, its page of subscribers",
        frozenset({"email", "type", "activity", "start date"}),
        {"start date": M.CREATED, **_SUBSTACK_COUNTED},
    ),
    Format(
        "substack",
        "Substack, its page of subscribers as in 2024",
        frozenset({"email", "subscription type", "activity", "subscription date"}),
        {"subscription date": M.CREATED, **_SUBSTACK_COUNTED},
    ),
    Format(
        "ghost",
        "Ghost",
        frozenset({"email", "subscribed_to_emails"}),
        {
            "email": M.EMAIL,
            "subscribed_to_emails": M.STATUS,
            "labels": M.TAGS,
            "created_at": M.CREATED,
            **_left_behind("id", "stripe_customer_id", "deleted_at", "import_tier", "gift_id"),
        },
    ),
    _buttondown("email", "subscriber_type"),
    _buttondown("email_address", "type", "creation_date"),
    Format(
        "listmonk",
        "listmonk",
        frozenset({"email", "name", "attributes"}),
        {
            "email": M.EMAIL,
            "attributes": M.OBJECT,
            "status": M.STATUS,
            "created_at": M.CREATED,
            **_left_behind("uuid", "updated_at"),
        },
        words={"": Claim.SUBSCRIBED},
        claims={"blocklist": Claim.BLOCKED},  # its import into the blocklist has no column for it
    ),
    Format(
        "beehiiv",
        "beehiiv",
        frozenset({"email", "status", "tier"}),
        {
            "email": M.EMAIL,
            "status": M.STATUS,
            "created_at": M.CREATED,
            "unsubscribed_at": M.LEFT,
            "tags": M.TAGS,
            **_left_behind("id"),
        },
        words=dict.fromkeys(
            ("validating", "needs_attention", "needs_approval", "needs approval", "paused"),
            Claim.UNCONFIRMED,
        ),
    ),
)
_PLAIN_NAMES = ("csv", "list", "mailman")  # what is told apart by the text itself
NAMES = ("auto", *dict.fromkeys(source.name for source in FORMATS), *_PLAIN_NAMES)


def recognised(headings: Sequence[str], name: str = "auto") -> Format:
    """The source whose export has such a header; PLAIN where it is none that we know. Raises
    BadFile where it is not the one of this name."""
    known = {folded(heading) for heading in headings}
    if name in _PLAIN_NAMES:
        return PLAIN
    sources = [source for source in FORMATS if name in ("auto", source.name)]
    found = next((source for source in sources if source.told_by <= known), None)
    if found is None and name != "auto":
        lacks = ", ".join(sorted(sources[-1].told_by - known))
        raise BadFile(f"row 1: no export of {name}: the header lacks {lacks}: try --format auto")
    return found or PLAIN


def tells(file: str) -> bool:
    """Whether the name of a file says how those in it stand, with one of the sources."""
    return any(source.claim_of(file) is not source.claim for source in FORMATS)


def folded(heading: str) -> str:
    """As headings are compared: in lower case, with single blanks."""
    return " ".join(heading.lower().split())
