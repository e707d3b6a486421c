"""Backup and restore: database, files and keys in one folder, and the proof that what came back is what was taken."""
