"""Stored values of declared settings: country, languages, currency and what modules declare."""
