"""What is on screen, and the address that says it."""
