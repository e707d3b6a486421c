"""The pages of this module: showing dashboards, and arranging them."""
