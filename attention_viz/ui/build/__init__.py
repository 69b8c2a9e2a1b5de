"""The page Build attention."""
