"""The checks of an issue beyond its format: a file for each family of rules."""
