"""Money, dates, numbers, words and the formula language: no models, no database."""
