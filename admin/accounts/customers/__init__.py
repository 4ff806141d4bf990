"""Customers: the list, the page of one, what service does for their account, and seeing the shop as they do."""
