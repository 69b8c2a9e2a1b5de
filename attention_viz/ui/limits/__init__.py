"""The page What attention can tell you."""
