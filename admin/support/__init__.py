"""Tickets: the list, and the page on which customers are answered."""
