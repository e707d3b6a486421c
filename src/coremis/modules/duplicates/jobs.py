"""The search for possible duplicates, every night and on demand."""

from coremis.modules.duplicates.services.finding import search

__all__ = ["search"]
