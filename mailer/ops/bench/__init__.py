"""How fast this machine sends: an invented dispatch into a sink, beside Postfix's own sender."""
