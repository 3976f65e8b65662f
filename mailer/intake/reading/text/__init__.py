"""Plain text → a manuscript: what is a heading is told without any markup. PURE."""
