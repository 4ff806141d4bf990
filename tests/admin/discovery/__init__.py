"""How merchandisers steer search and judge it."""
