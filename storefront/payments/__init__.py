"""Money coming in: payments, and the append-only transactions that say what providers did.

A provider (`providers.Provider`) starts a payment and answers what became of it; the shop knows the sandbox (a page
that approves or declines) and cash on delivery. Each transaction carries the provider's reference and an idempotency
key, both unique, so the same notification twice is one fact.
"""
