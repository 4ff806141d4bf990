"""Tests of the loyalty room."""
