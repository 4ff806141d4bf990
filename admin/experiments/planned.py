"""What a draft takes, what is checked before it starts, and places that may vary in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module
from typing import Any

from flask_babel import gettext as _

from admin.experiments.report import JUDGING
from storefront.experiments.checks import PLACE, Check, check_start, failed
from storefront.experiments.models import Experiment
from storefront.experiments.plans import ExperimentPlan, GuardrailPlan, VariationPlan
from storefront.experiments.queries import list_running
from storefront.experiments.states import Watching
from storefront.experiments.surfaces import find_surface, list_surfaces

USUAL_VISITORS = 1000
"""How many a plan counts on where nothing can be reckoned yet."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """A draft's forecast (`storefront.experiments.judging.Forecast`) and its checks."""

    forecast: Any
    checks: Sequence[Check]

    @property
    def may_start(self) -> bool:
        return not failed(self.checks)


def outlook_of(row: Experiment, at: datetime) -> Outlook:
    """Reckon with the traffic of these weeks, and check."""
    named = surfaces()
    checks = [
        replace(check, facts={**check.facts, PLACE: named.get(str(check.facts[PLACE]), check.facts[PLACE])})
        if PLACE in check.facts
        else check
        for check in check_start(row, list_running(), at)
    ]
    return Outlook(import_module(JUDGING).forecast(row, at), checks)


def visitors_needed(row: Experiment, at: datetime) -> int:
    """Return how many visitors a plan needs, which is fixed when it starts."""
    found = import_module(JUDGING).forecast(row, at)
    return int(found.needed or max(found.visitors, USUAL_VISITORS))


def surfaces() -> dict[str, str]:
    """Return what may vary, by name, in words."""
    return {name: ": ".join(_(words) for words in (label, own) if words) for name, label, own in list_surfaces()}


def differences_of(row: Experiment) -> dict[str, list[tuple[str, str]]]:
    """Return by variation what is different in it: labels (untranslated), and words in place of stored keys."""
    found = find_surface(row.surface)
    fields = {field.key: field for field in found.fields} if found else {}
    return {
        each.key: [
            (fields[key].label, dict(fields[key].options(row.surface)).get(str(value), str(value)))
            if key in fields
            else (key, str(value))
            for key, value in (each.params or {}).items()
        ]
        for each in row.variations
    }


def plan_of_row(row: Experiment) -> ExperimentPlan:
    """Return a stored plan without its days of the calendar: a new version has its own. Raises Invalid for what is
    gone."""
    return ExperimentPlan(
        name=row.name,
        surface=row.surface,
        hypothesis=row.hypothesis,
        namespace=row.namespace,
        share=row.share,
        variations=tuple(
            VariationPlan(key=each.key, name=each.name, weight=each.weight, params=each.params)
            for each in row.variations
        ),
        primary_metric=row.primary_metric,
        guardrails=tuple(GuardrailPlan(metric=metric, margin=margin) for metric, margin in row.guardrails),
        mde=row.mde,
        days=row.days,
        watching=Watching(row.watching),
    )
