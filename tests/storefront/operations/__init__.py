"""Backups and restores, figures for a monitor, and what lines of the log say."""
