"""Simulation: what a draft promotion would have done to past orders, had the shoppers bought just the same."""
