"""Modules: who they are, what they need, what they add."""
