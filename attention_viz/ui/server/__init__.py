"""What the server keeps for all visitors."""
