"""The pages of this module, one file for each noun."""
