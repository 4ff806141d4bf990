"""Tests of fulfilment in the back office."""
