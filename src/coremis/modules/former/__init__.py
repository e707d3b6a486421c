"""Payments of a former system, brought by a file: history that is shown beside today's payments and stands in no balance."""
