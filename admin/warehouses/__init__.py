"""Screens for warehouses: which there are and where they send to, goods coming in and moving, and the stock ledger."""
