"""Which countries there are."""

from __future__ import annotations

import phonenumbers

COUNTRIES: frozenset[str] = frozenset(phonenumbers.SUPPORTED_REGIONS) - {"AC", "TA", "XK"}
"""ISO 3166-1 alpha-2 codes of the countries that an address may lie in."""
