"""Customers who write instead of clicking: staff ask for a copy or a deletion in their name, and never see the copy."""
