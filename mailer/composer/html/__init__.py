"""An Issue → the HTML part of an edition, and its public page."""
