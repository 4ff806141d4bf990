"""Tests of what needs a second pair of eyes."""
