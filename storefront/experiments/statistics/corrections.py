"""Several arms, one error: Holm's procedure (Holm 1979)."""

from __future__ import annotations

from collections.abc import Mapping


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return corrected p-values: the smallest times the number of arms, the next times one fewer, never falling, at
    most 1.

    Arms whose corrected value is below α may be told from the control, with a probability of at most α that any of them
    is told wrongly, however the arms hang together.
    """
    corrected, highest = {}, 0.0
    for place, arm in enumerate(sorted(p_values, key=lambda arm: (p_values[arm], arm))):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[arm]))
        corrected[arm] = highest
    return {arm: corrected[arm] for arm in p_values}


def steps(p_values: Mapping[str, float], alpha: float) -> dict[str, int]:
    """Return by how much Holm divides α for each arm: the interval at α / that number says the same as the
    procedure."""
    made, left = {}, len(p_values)
    for arm in sorted(p_values, key=lambda arm: (p_values[arm], arm)):
        made[arm] = left
        if p_values[arm] * left <= alpha:
            left -= 1
    return {arm: max(made[arm], 1) for arm in p_values}
