"""Payment providers to test against: servers on this machine that speak their public protocols."""
