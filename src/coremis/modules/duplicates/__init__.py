"""People who may be in the register twice: found by likeness, shown on both sides, decided by a person, and remembered."""
