"""Sanzira, the demo country: invented, so that no real place is called poor and no real phone rings.

In the demo it is also a module: people change seats from the top bar, and a page says what to try. Nowhere else can it be switched on.
"""
