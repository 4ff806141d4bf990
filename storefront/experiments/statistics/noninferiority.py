"""Guardrails: not "no difference was found", but "it was shown not to be worse than we can bear"."""

from __future__ import annotations

import math
from dataclasses import replace
from enum import StrEnum

from storefront.experiments.metrics import Guardrail
from storefront.experiments.statistics.figure import Figure
from storefront.experiments.statistics.sequential import Rule


class Safety(StrEnum):
    """What is known of a guardrail."""

    HELD = "held"
    """Shown to be no worse than the margin."""
    OPEN = "open"
    """Not shown yet, and not shown to be worse either."""
    BROKEN = "broken"
    """Shown to be worse than the control, and not shown to stay within the margin."""


def safety(control: Figure, treated: Figure, guardrail: Guardrail, rule: Rule) -> Safety:
    """Say whether the treated arm is no worse than `guardrail` allows, one-sided at the rule's α; and, if it is
    not, whether it is worse than the control at all, two-sided.

    Tested is treated - (1 - margin) * control, for figures that should be small (1 + margin) * control - treated; its
    variance is var(treated) + (1 ± margin)² var(control) (Sasabuchi 1988). Where no visitor differs from another
    (nothing was ever sent back), the figures themselves decide.
    """
    sign = 1 if guardrail.metric.more_is_better else -1
    if control.variance + treated.variance <= 0:
        return Safety.HELD if sign * (treated.value - control.value) >= 0 else Safety.OPEN
    towards = sign if control.value >= 0 else -sign
    one_sided: Rule = replace(rule, alpha=min(2 * rule.alpha, 0.999))  # type: ignore[type-var]
    if _above(control, treated, 1 - towards * guardrail.margin, sign, one_sided):
        return Safety.HELD
    return Safety.BROKEN if _above(control, treated, 1.0, -sign, rule) else Safety.OPEN


def _above(control: Figure, treated: Figure, factor: float, sign: int, rule: Rule) -> bool:
    """Say whether sign * (treated - factor * control) is shown to lie above 0."""
    scaled = factor**2 * control.variance
    variance = treated.variance + scaled
    freedom = variance**2 / (scaled**2 / (control.n - 1) + treated.variance**2 / (treated.n - 1))
    return sign * (treated.value - factor * control.value) > rule.critical(freedom) * math.sqrt(variance)
