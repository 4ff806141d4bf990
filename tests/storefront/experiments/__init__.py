"""Experiments: assignment, statistics and verdicts, each proven against an oracle or a simulation."""
