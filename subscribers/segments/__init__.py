"""Segments: named filters over the subscribers of a list, written in a small language."""
