"""How the work of dispatches gets to the workers."""
