"""Coupons: how they come to people, batches of codes, gifts to single customers, and what came of them."""
