"""What readers see: unsubscribe, preferences, sent issues and their pictures."""
