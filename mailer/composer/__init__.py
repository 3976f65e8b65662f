"""Markdown → Issue → Edition, and the checks. Pure: no files, database, network or clock."""
