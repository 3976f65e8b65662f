"""`mailer doctor`: what keeps mail from being sent, from arriving or from being believed."""
