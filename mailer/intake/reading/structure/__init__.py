"""Blocks in the order of a source → intro, sections, items, sign-off, whatever the source was."""
