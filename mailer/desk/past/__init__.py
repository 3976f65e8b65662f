"""What earlier issues had, for the check of the next: read once, then known by their content."""
