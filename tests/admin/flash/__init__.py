"""Tests of the back office's flash sales."""
