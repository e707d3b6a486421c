"""The pages of this module, a file for each noun."""
