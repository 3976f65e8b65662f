"""Taking people out into files: for spreadsheets, for other programs, and for our own import."""
