"""What comes back after a send: bounces, complaints, auto-replies, replies of people."""
