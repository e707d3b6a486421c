"""Money as movements between accounts: append-only, proved every night."""
