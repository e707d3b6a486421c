"""Tests of the house itself: who may import whom, how large things may be, what must not be written."""
