"""Running it: the demonstration, the mail catcher and its inbox page."""
