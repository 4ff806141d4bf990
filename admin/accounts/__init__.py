"""The door of the back office."""
