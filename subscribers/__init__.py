"""The subscriber store: lists, people, their subscriptions with consent, and suppressions.

It knows nothing of the mailer: no clock, no keys, no mail. Who needs a time hands it in.
"""
