"""A newsletter mailer: Markdown issue → edition → one personal copy a reader."""
