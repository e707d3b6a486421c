"""Formulas and configured variables as database expressions: set-based, on SQLite and PostgreSQL, with one meaning."""
