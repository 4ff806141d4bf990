"""How many failed sign-ins are too many: a pure decision over counts."""

from __future__ import annotations

from datetime import timedelta

WINDOW = timedelta(minutes=15)
KEPT_FOR = timedelta(hours=1)
MOST_TOGETHER = 6
"""With one e-mail from one address: somebody who forgot, or a guesser."""
MOST_FROM_ADDRESS = 40
"""From one address with any e-mail: an office behind one address, or a list of stolen passwords being tried."""
MOST_WITH_EMAIL = 60
"""With one e-mail from anywhere. High, so that a stranger cannot easily lock somebody out."""


def too_many(together: int, from_address: int, with_email: int) -> bool:
    """Say whether the next try must wait."""
    return together >= MOST_TOGETHER or from_address >= MOST_FROM_ADDRESS or with_email >= MOST_WITH_EMAIL
