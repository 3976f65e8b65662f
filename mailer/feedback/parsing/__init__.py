"""PURE. A message that came back → what it reports. No files, database, network or clock."""
