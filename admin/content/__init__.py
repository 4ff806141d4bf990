"""The home page: its slots in order, and what each shows when."""
