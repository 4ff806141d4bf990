"""Tests of trying promotions on past orders in the back office."""
