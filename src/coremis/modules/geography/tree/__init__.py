"""Trees of places from files: understood, compared with what is held, and written."""
