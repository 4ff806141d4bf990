"""How good every recommended surface is on a year of grocery baskets, what training costs and what an answer costs."""
