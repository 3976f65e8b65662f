"""The engine Procrastinate: jobs in the database that also holds the ledger, PostgreSQL."""
