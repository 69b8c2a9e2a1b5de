"""Where a text is typed, and what was read of it."""
