"""The inbox: what an editor collects in a month, for the next issue."""
