"""The page Train a model."""
