"""The documents inside the product: guides for each seat, the parts, running it, building it, and the reference, with a search."""
