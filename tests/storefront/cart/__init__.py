"""Tests of the cart room."""
