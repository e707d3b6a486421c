"""Everything that changes figures, outlines, groups and the tree of places."""
