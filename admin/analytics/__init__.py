"""What shoppers search for and what comes of it: figures beside those before, charts, and lists of words."""
