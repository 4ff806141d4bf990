"""Tests of the settings in the back office."""
