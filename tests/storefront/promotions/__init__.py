"""Tests of the promotions room."""
