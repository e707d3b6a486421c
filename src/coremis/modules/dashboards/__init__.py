"""Figures, tables, charts and maps that people arrange for themselves, from figures counted ahead by a job."""
