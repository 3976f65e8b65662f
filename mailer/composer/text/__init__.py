"""An Issue → the plain-text part of an edition."""
