"""Collections by rules: what is typed about them, and how they are made, changed and looked at."""
