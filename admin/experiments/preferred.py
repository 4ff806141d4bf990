"""What visitors prefer where a variation shows two rankings in one list, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from flask_babel import gettext as _

from storefront.experiments.models import Experiment
from storefront.web.filters import number, share

PREFERRING = "storefront.experiments.preferring"
"""It brings scipy along: loaded with the first report."""


@dataclass(frozen=True, slots=True)
class PreferenceLine:
    """Visitors of one variation who opened something, and which ranking they prefer."""

    arm: str
    visitors: str
    second: str
    score: str
    interval: str
    p_value: str
    sentence: str
    is_shown: bool


def preference_lines(experiment: Experiment, at: datetime) -> tuple[PreferenceLine, ...]:
    """Return a line for each variation that shows two rankings."""
    found = import_module(PREFERRING).preferences(experiment, at)
    return tuple(_line(each.name, found[each.key]) for each in experiment.variations if each.key in found)


def _line(name: str, found: Any) -> PreferenceLine:
    return PreferenceLine(
        arm=name,
        visitors=number(found.visitors),
        second=share(found.second_share),
        score=_signed(found.score),
        interval=f"{_signed(found.low)} … {_signed(found.high)}",
        p_value=f"{found.p_value:.3f}",
        sentence=_sentence(name, found),
        is_shown=bool(found.winner),
    )


def _sentence(name: str, found: Any) -> str:
    if not found.winner:
        return str(_("“%(arm)s”: no preference is shown yet.", arm=name))
    if found.low > 0:
        return str(_("“%(arm)s”: visitors prefer what the variation names to what everybody sees.", arm=name))
    return str(_("“%(arm)s”: visitors prefer what everybody sees to what the variation names.", arm=name))


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else '−' if value < 0 else '±'}{abs(value):.2f}"
