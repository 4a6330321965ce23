"""The call log: every call, its messages, and what is known of it, in SQLite or PostgreSQL."""
