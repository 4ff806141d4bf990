"""The shop's figures."""
