"""Ties kernel and modules together: settings, addresses, servers and the command line."""
