"""What the system's long work costs, beside the floor: hand-written SQL that writes the same tables, keys, indexes and changes."""
