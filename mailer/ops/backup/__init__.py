"""A publication in one file: database, keys, configuration, issues, pictures; and back again."""
