"""Outside services, played by small servers of our own that sign and verify as those document it."""
