"""What staff want of an experiment: a plan that makes no sense cannot exist."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from storefront.experiments.doings import measurable
from storefront.experiments.metrics import METRICS, REVENUE
from storefront.experiments.models import LONGEST_SURFACE
from storefront.experiments.states import FEWEST_DAYS, WEEK, Watching
from storefront.experiments.surfaces import check_apart, check_params
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.text import squeeze

MOST_VARIATIONS = 6
MOST_DAYS = 364
LEAST_LIFT, MOST_LIFT = 0.001, 2.0
_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
WHOLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class VariationPlan:
    """One of the things to compare; `weight` is percent of those who take part."""

    key: str
    name: str
    weight: int
    params: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key) or len(self.key) > 32:
            raise Invalid(
                N_("The key of a variation is at most 32 small letters, digits and hyphens."), field="variations"
            )
        if not squeeze(self.name) or len(self.name) > 120:
            raise Invalid(N_("Give each variation a name of at most 120 characters."), field="variations")
        if not 1 <= self.weight <= WHOLE:
            raise Invalid(N_("A weight is a whole number from 1 to 100."), field="variations")


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardrailPlan:
    """What must not become worse by more than `margin`, a share of the control's."""

    metric: str
    margin: float

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            raise Invalid(N_("Choose one of the metrics."), field="guardrails")
        if not (math.isfinite(self.margin) and 0 < self.margin < 1):
            raise Invalid(N_("A guardrail's margin lies between 0 and 100 percent."), field="guardrails")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentPlan:
    """The whole plan. The first variation is the control; times are [starts_at, ends_at)."""

    name: str
    surface: str
    hypothesis: str = ""
    namespace: str = ""
    share: int = WHOLE
    variations: tuple[VariationPlan, ...]
    primary_metric: str = REVENUE.key
    guardrails: tuple[GuardrailPlan, ...] = ()
    mde: float = 0.05
    days: int = FEWEST_DAYS
    watching: Watching = Watching.SPENDING
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def __post_init__(self) -> None:
        if not squeeze(self.name) or len(self.name) > 120:
            raise Invalid(N_("Give the experiment a name of at most 120 characters."), field="name")
        if len(self.hypothesis) > 2000:
            raise Invalid(N_("Use at most %(count)d characters."), field="hypothesis", count=2000)
        if len(self.namespace) > LONGEST_SURFACE:
            raise Invalid(N_("Use at most %(count)d characters."), field="namespace", count=LONGEST_SURFACE)
        if not 1 <= self.share <= WHOLE:
            raise Invalid(N_("The share is a whole number from 1 to 100."), field="share")
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise Invalid(N_("It ends before it starts. Choose a later end, or an earlier start."), field="ends_at")
        self._check_variations()
        self._check_numbers()

    def _check_variations(self) -> None:
        if not 2 <= len(self.variations) <= MOST_VARIATIONS:
            raise Invalid(N_("Compare two to six variations."), field="variations")
        if len({each.key for each in self.variations}) != len(self.variations):
            raise Invalid(N_("Two variations have the same key."), field="variations")
        total = sum(each.weight for each in self.variations)
        if total != WHOLE:
            raise Invalid(
                N_("The weights come to %(total)d %%. Together they must be 100 %%."), field="variations", total=total
            )
        for place, each in enumerate(self.variations):
            try:
                check_params(self.surface, each.params, is_control=place == 0)
            except Invalid as refusal:
                if refusal.field == "surface":
                    raise
                raise Invalid(refusal.text, field="variations", **refusal.facts) from None
        try:
            check_apart(self.surface, [(each.name, each.params) for each in self.variations])
        except Invalid as refusal:
            raise Invalid(refusal.text, field="variations", **refusal.facts) from None

    def _check_numbers(self) -> None:
        if not (math.isfinite(self.mde) and LEAST_LIFT <= self.mde <= MOST_LIFT):
            raise Invalid(N_("The lift worth knowing of lies between 0.1 and 200 percent."), field="mde")
        if not FEWEST_DAYS <= self.days <= MOST_DAYS or self.days % WEEK:
            raise Invalid(
                N_("An experiment runs for whole weeks, so that every weekday counts alike: from 14 to 364 days."),
                field="days",
            )
        if self.starts_at and self.ends_at and (self.ends_at - self.starts_at).days < self.days:
            raise Invalid(
                N_("It ends before its %(days)d days are over. Choose a later end, or fewer days."),
                field="ends_at",
                days=self.days,
            )
        if self.primary_metric not in measurable(self.surface):
            raise Invalid(N_("Choose a metric that can be measured in this place."), field="primary_metric")
        metrics = [each.metric for each in self.guardrails]
        if not set(metrics) <= set(measurable(self.surface)):
            raise Invalid(N_("Choose a metric that can be measured in this place."), field="guardrails")
        if len(set(metrics)) != len(metrics) or self.primary_metric in metrics:
            raise Invalid(N_("Each metric is named once: as the primary one or as a guardrail."), field="guardrails")
