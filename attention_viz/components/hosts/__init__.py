"""What shows live views. Each host has a folder; what all of them need of a view's files is in `bundle`."""
