"""Proof that what the product promises holds when workers are killed, people race, and files are bad."""
