"""The back office of prices."""
