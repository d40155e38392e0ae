"""The practice's one SQLite file: tables, connections, reads, units of work, the change log."""
