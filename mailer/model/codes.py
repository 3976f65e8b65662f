"""Enhanced status codes (RFC 3463) that are about the sender, whoever the recipient is."""

from __future__ import annotations

# Bad sequence of commands, and the sender's own address. Postfix gives the latter as late as RCPT.
SENDER_OR_COMMANDS = frozenset({"5.5.1", "5.1.7", "5.1.8"})

# Of 5.7.x what is surely about us: logins (RFC 4954 §6); SPF, DKIM, reverse DNS (RFC 7372) and a
# sender's domain that takes no mail (RFC 7505); in Microsoft's numbers DMARC, no authentication,
# and a client that may not send as this sender or through this relay.
_NO_LOGIN = frozenset({"5.7.8", "5.7.9"})
_UNAUTHENTICATED = frozenset(f"5.7.{detail}" for detail in range(20, 28))
_MICROSOFT = frozenset(f"5.7.{detail}" for detail in (57, *range(60, 70), 509, 515))
POLICY_ON_US = _NO_LOGIN | _UNAUTHENTICATED | _MICROSOFT
