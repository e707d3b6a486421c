"""Places: a tree of any depth with dated names and codes, in which people hold their rights."""
