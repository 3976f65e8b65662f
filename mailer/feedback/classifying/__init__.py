"""PURE. What a report says → what it means for the address. No files, database or network."""
