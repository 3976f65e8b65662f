"""What a column can mean, and what a word about somebody's standing can."""

from __future__ import annotations

from enum import StrEnum


class Meaning(StrEnum):
    """The words of `--map COLUMN=MEANING`; any other word there names an attribute."""

    EMAIL = "email"
    CONSENT = "consent"  # words or proof of the consent
    JOINED = "joined"  # when they came: an attribute, and a part of the evidence
    CREATED = "created_at"  # when the source noted them: an attribute `joined`, and no evidence
    LISTED = "listed_at"  # when they were put onto the list, whoever did it: no evidence
    SIGNED_UP = "signed_up_at"
    SIGNED_UP_IP = "signed_up_ip"
    CONFIRMED = "confirmed_at"
    CONFIRMED_IP = "confirmed_ip"
    STATUS = "status"
    LEFT = "left_at"
    WHY = "left_because"
    TAGS = "tags"
    LANGUAGE = "language"  # that they would rather read
    OBJECT = "attributes"  # a JSON object whose members are attributes
    NOTHING = "-"  # left behind


class Claim(StrEnum):
    """How somebody stands with the source, in its own words or those of `status` columns."""

    SUBSCRIBED = "subscribed"
    UNCONFIRMED = "unconfirmed"  # asked, and did not answer yet
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    BLOCKED = "blocked"  # by those who ran the list
    NEVER = "never subscribed"  # a customer, say: no subscriber at all


# What sources write, in lower case. Words of one source stand with it, in `formats`.
WORDS = {
    **{claim.value: claim for claim in Claim},
    "active": Claim.SUBSCRIBED,
    "confirmed": Claim.SUBSCRIBED,
    "enabled": Claim.SUBSCRIBED,
    "true": Claim.SUBSCRIBED,
    "yes": Claim.SUBSCRIBED,
    "1": Claim.SUBSCRIBED,
    "": Claim.UNCONFIRMED,  # nobody knows: they stay silent
    "pending": Claim.UNCONFIRMED,
    "unactivated": Claim.UNCONFIRMED,
    "inactive": Claim.UNSUBSCRIBED,
    "opted out": Claim.UNSUBSCRIBED,
    "false": Claim.UNSUBSCRIBED,
    "no": Claim.UNSUBSCRIBED,
    "0": Claim.UNSUBSCRIBED,
    "cleaned": Claim.BOUNCED,
    "invalid": Claim.BOUNCED,
    "undeliverable": Claim.BOUNCED,
    "spam": Claim.COMPLAINED,
    "disabled": Claim.BLOCKED,
    "blocklisted": Claim.BLOCKED,
    "blacklisted": Claim.BLOCKED,
    "nonsubscribed": Claim.NEVER,
    "non-subscribed": Claim.NEVER,
    "transactional": Claim.NEVER,
}

# Headings of columns in which `yes` says that somebody is gone.
LEAVING = {
    **dict.fromkeys(("unsubscribed", "is_unsubscribed", "opted out"), Claim.UNSUBSCRIBED),
    **dict.fromkeys(("opted_out", "opt-out", "opt out", "opt_out"), Claim.UNSUBSCRIBED),
    **dict.fromkeys(("optout", "email opt out", "email_opt_out"), Claim.UNSUBSCRIBED),
    "bounced": Claim.BOUNCED,
    "complained": Claim.COMPLAINED,
    **dict.fromkeys(("blocked", "suppressed", "do not mail", "do_not_mail"), Claim.BLOCKED),
}
YES = ("true", "yes", "1")
NO = ("false", "no", "0", "")
