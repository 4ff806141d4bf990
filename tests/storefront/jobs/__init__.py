"""Tests of queued and periodic work."""
