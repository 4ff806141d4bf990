"""Work in the background: what waits, what runs when, and what failed for good."""
