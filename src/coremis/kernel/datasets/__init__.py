"""Figures that modules offer: what is counted, by what, where, for whom, and which list stands behind each number."""
