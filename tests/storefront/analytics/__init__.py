"""What shoppers did: recorded once, after the answer, and never in anybody's way."""
