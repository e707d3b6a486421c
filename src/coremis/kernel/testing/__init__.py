"""Ready-made checks for any module, and what tests need: a small country, users with rights, tables that can be emptied."""
