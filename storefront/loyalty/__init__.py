"""Points and tiers: a ledger that always adds up to each balance, and tiers that follow from what was spent."""
