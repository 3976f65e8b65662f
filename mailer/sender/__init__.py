"""How and when bytes leave: the dispatch loop, the SMTP client, and the other transports."""
