"""Scoring formulas that a country writes on screen, and the scores they gave.

Linear scores and point cards, versioned, explained term by term.
"""
