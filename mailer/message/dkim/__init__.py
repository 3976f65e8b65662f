"""DKIM signatures (RFC 6376) by RSA and Ed25519 keys (RFC 8463), and records that prove them."""
