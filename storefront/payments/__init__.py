"""Money coming in: payments, and the append-only transactions that say what providers did.

A provider (`providers.Provider`) starts a payment and answers what became of it; the shop knows the sandbox (a page
that approves or declines) and cash on delivery. Each transaction carries the provider's reference and an idempotency
key, both unique, so the same notification twice is one fact.

Each attempt to pay is a payment of its own: one that was declined stays declined, and the shopper begins another, with
the same provider or another one. What a provider says must name the amount and currency that were asked for, or nothing
is booked. Money that comes after its order was cancelled is booked too, and told.
"""
