"""Payment points, who manages them, and which places and households collect there."""
