"""A page, mail, feed, export or plain text → the manuscript of an issue. PURE."""
