"""Screens for delivery: zones and their methods, freight templates, what a parcel costs where, whom nobody reaches."""
