"""Taxes: whether prices contain them, classes, rates, and the report of what was taken in a period."""
