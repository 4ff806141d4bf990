"""Points and tiers in the back office: the tiers, what the shop owes in points, and one customer’s points."""
