"""Orders: the list and one order with everything that happened to it."""
