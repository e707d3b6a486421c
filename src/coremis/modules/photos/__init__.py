"""Photos of many persons at once, from one archive whose files are named by the persons' numbers or keys."""
