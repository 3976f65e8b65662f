"""The values that every module of the mailer speaks. Frozen, without I/O."""
