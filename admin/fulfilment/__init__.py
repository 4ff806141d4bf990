"""Fulfilment: what is to be sent, picking, packing by scanner, parcels, tracking numbers and carriers."""
