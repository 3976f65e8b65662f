"""What comes in for an editor."""
