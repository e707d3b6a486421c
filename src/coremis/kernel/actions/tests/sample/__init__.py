"""A little app with every kind of record, only for the kernel's own tests."""
