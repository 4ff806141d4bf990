"""Trying a promotion on past orders: a run is asked for, watched while it counts, read, and laid beside others."""
