"""Where messages come from that report something: files, a mailbox far away, our own listener."""
