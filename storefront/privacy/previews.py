"""Samples for letters about somebody's data."""

from __future__ import annotations

from datetime import timedelta

from storefront.kernel.clock import now

FACTS = {"due_at": lambda: now() + timedelta(days=7)}
