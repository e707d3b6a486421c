"""Programmes and who is in them: enrolment, statuses with their reasons, and undo."""
