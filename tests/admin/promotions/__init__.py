"""Tests of promotions in the back office."""
