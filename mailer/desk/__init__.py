"""What an editor does, on wired parts: compose, check, send, set up. CLI and web call it."""
