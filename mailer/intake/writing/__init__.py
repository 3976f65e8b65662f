"""A manuscript → an issue file. PURE."""
