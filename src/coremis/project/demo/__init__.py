"""Sanzira, the demo country: invented, so that no real place is called poor and no real phone rings."""
