"""What comes in: files of other people's numbers. Each is hostile until it was checked; nothing in it is ever run."""
