"""Money: attempts to pay and what providers said of them, refunds, transfers by bank, and what disagrees."""
