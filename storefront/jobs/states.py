"""What became of a job that failed on its last try."""

from __future__ import annotations

from enum import StrEnum

from storefront.kernel.errors import N_


class LetterState(StrEnum):
    """What became of a dead letter."""

    DEAD = "dead"
    RETRIED = "retried"
    DISMISSED = "dismissed"


STATE_WORDS = {
    LetterState.DEAD: N_("Failed"),
    LetterState.RETRIED: N_("Tried again"),
    LetterState.DISMISSED: N_("Dismissed"),
}
