"""Experiments as staff plan, watch and conclude them."""
