"""From text to Trace: finding a model, loading it, tokenizing, and capturing attention in one forward pass."""
