"""Reads: one SQL statement each over the standard library's sqlite3, into the frozen views of the domain."""
