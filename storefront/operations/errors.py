"""What backups and restores refuse, in sentences for whoever runs the shop."""

from __future__ import annotations


class BackupRefused(RuntimeError):
    """Nothing was written or changed; the sentence says why and what to do."""


class ArchiveDamaged(BackupRefused):
    """The archive is not what a backup wrote."""
