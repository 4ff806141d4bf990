"""Returns in the back office: what waits for an answer, what arrived, what goes back, and what comes back too often."""
