"""The terminal: parse, call, print, exit code. No logic, one file per noun."""
