"""Tests of points and tiers in the back office."""
