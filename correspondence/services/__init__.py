"""What correspondence does, one function for each change."""
