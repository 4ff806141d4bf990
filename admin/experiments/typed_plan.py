"""A plan as it is typed: read into a plan, or into a sentence beside each field that is wrong; and shown again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from admin.merging import SEEN, Difference, difference
from admin.promotions.cells import Cells
from admin.promotions.typed import Typed
from admin.promotions.values import read_percent, show_moment
from storefront.experiments.doings import measurable
from storefront.experiments.models import Experiment
from storefront.experiments.plans import MOST_DAYS, MOST_VARIATIONS, WHOLE, ExperimentPlan, GuardrailPlan, VariationPlan
from storefront.experiments.states import FEWEST_DAYS, Watching
from storefront.experiments.surfaces import Field, find_surface
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.text import slugify
from storefront.web.errors import message_of

CONTROL = "control"
LABELS: Mapping[str, str] = {
    "name": N_("Name for your colleagues"),
    "hypothesis": N_("Hypothesis"),
    "namespace": N_("Namespace"),
    "share": N_("Share of its visitors"),
    "primary_metric": N_("Metric that decides"),
    "mde": N_("Lift worth knowing of"),
    "days": N_("Days"),
    "watching": N_("How it is watched"),
    "starts_at": N_("Starts"),
    "ends_at": N_("Ends"),
}
_NOT_STORED = ("seen-", "version", "surface", "do")


def fields_of(surface: str) -> tuple[Field, ...]:
    """Return what may be different on a surface; nothing for one that is gone."""
    found = find_surface(surface)
    return found.fields if found else ()


def empty_plan(surface: str, wanted: Mapping[str, str] | None = None) -> Typed:
    """Return the form of a new experiment: two variations, half and half; `wanted` is what the second one shows."""
    typed = Typed()
    typed.values.update(
        {
            "surface": surface,
            "share": str(WHOLE),
            "primary_metric": measurable(surface)[0],
            "mde": "5",
            "days": "28",
            "watching": Watching.SPENDING.value,
            "v-0-name": _("As it is"),
            "v-0-weight": "50",
            "v-1-weight": "50",
        }
    )
    for field in fields_of(surface):
        value = (wanted or {}).get(field.key, "")
        words = dict(field.options(surface)).get(value)
        if words is not None:
            typed.values |= {f"v-1-{field.key}": value, "v-1-name": words}
    return typed


def show_plan(row: Experiment, zone: str) -> Typed:
    """Return a stored plan as it would be typed."""
    typed = Typed()
    names = ("surface", "name", "hypothesis", "namespace", "primary_metric", "watching", "share", "days")
    typed.values.update({name: str(getattr(row, name)) for name in names})
    typed.values["mde"] = f"{row.mde * 100:g}"
    typed.values["starts_at"] = show_moment(row.starts_at, zone)
    typed.values["ends_at"] = show_moment(row.ends_at, zone)
    for metric, margin in row.guardrails:
        typed.values[f"guard-{metric}"] = f"{margin * 100:g}"
    for place, each in enumerate(row.variations):
        typed.values[f"v-{place}-name"] = each.name
        typed.values[f"v-{place}-weight"] = str(each.weight)
        for key, value in each.params.items():
            typed.values[f"v-{place}-{key}"] = f"{value:g}" if isinstance(value, float) else str(value)
    return typed


def rows_of(typed: Typed) -> range:
    """Return the rows of variations to show: one empty one after those that say something, as long as there is room."""
    last = max((number for number in typed.rows("v") if typed.get(f"v-{number}-name")), default=0)
    return range(min(max(last + 2, 3), MOST_VARIATIONS))


def read_plan(typed: Typed, currency: str, zone: str) -> ExperimentPlan | None:
    """Return what is typed as a plan; None after noting what is wrong."""
    cells = Cells(typed, currency, zone)
    starts_at, ends_at = cells.moment("starts_at"), cells.moment("ends_at")
    share = cells.count("share", most=WHOLE)
    days = cells.count("days", least=FEWEST_DAYS, most=MOST_DAYS)
    mde, guardrails, variations = _percent(typed, "mde"), _guardrails(typed), _variations(typed, cells)
    if typed.errors:
        return None
    try:
        return ExperimentPlan(
            name=typed.get("name"),
            surface=typed.get("surface"),
            hypothesis=typed.get("hypothesis"),
            namespace=typed.get("namespace"),
            share=share or WHOLE,
            variations=variations,
            primary_metric=typed.get("primary_metric"),
            guardrails=guardrails,
            mde=(mde or 0) / 10_000,
            days=days or FEWEST_DAYS,
            watching=Watching(typed.get("watching")),
            starts_at=starts_at,
            ends_at=ends_at,
        )
    except Invalid as refusal:
        field = {"variations": "v-1-name", "guardrails": f"guard-{measurable('')[0]}", "surface": "name"}
        typed.refuse(field.get(refusal.field, refusal.field or "name"), message_of(refusal))
    except ValueError:
        typed.refuse("watching", _("Please check what you entered."))
    return None


def seen_values(typed: Typed) -> dict[str, str]:
    """Return what a form shows, under the names of its hidden fields."""
    return {SEEN + name: text for name, text in _stored(typed).items()}


def merge(typed: Typed, stored: Typed, args: Mapping[str, str]) -> list[Difference]:
    """Take over into `typed` what `stored` has where nothing was typed, and return what differs."""
    found = []
    theirs, mine = _stored(stored), _stored(typed)
    for name in theirs | mine:
        now = theirs.get(name, "")
        label = LABELS.get(name) or name
        told = difference(_(label), seen=args.get(SEEN + name, now), now=now, typed=mine.get(name, ""))
        if told is not None:
            found.append(told)
            if told.is_theirs:
                typed.values.setlist(name, stored.values.getlist(name))
    return found


def _stored(typed: Typed) -> dict[str, str]:
    return {name: typed.get(name) for name in typed.values if not name.startswith(_NOT_STORED)}


def _percent(typed: Typed, name: str) -> int | None:
    try:
        return read_percent(typed.get(name))
    except ValueError:
        typed.refuse(name, _("Enter a percentage above 0 and at most 100, such as 20."))
        return None


def _guardrails(typed: Typed) -> tuple[GuardrailPlan, ...]:
    found = []
    for metric in measurable(typed.get("surface")):
        if typed.get(f"guard-{metric}") and (margin := _percent(typed, f"guard-{metric}")) is not None:
            try:
                found.append(GuardrailPlan(metric=metric, margin=margin / 10_000))
            except Invalid as refusal:
                typed.refuse(f"guard-{metric}", message_of(refusal))
    return tuple(found)


def _variations(typed: Typed, cells: Cells) -> tuple[VariationPlan, ...]:
    """Return the rows that say something; the first is the control, of which only name and weight are asked."""
    found = []
    fields = fields_of(typed.get("surface"))
    for number in typed.rows("v"):
        name = typed.get(f"v-{number}-name")
        given = {field: typed.get(f"v-{number}-{field.key}") for field in fields}
        if number and not name and not any(given.values()):
            continue
        weight = cells.count(f"v-{number}-weight", most=WHOLE)
        if not name:
            typed.refuse(f"v-{number}-name", _("Give the variation a name."))
        params = _params(typed, number, given) if number else {}
        if weight is not None and name and params is not None:
            key = slugify(name, fallback=f"variation-{number}", longest=32) if number else CONTROL
            found.append(_variation(typed, number, key=key, name=name, weight=weight, params=params))
    return tuple(each for each in found if each is not None)


def _params(typed: Typed, number: int, given: Mapping[Field, str]) -> dict[str, object] | None:
    params: dict[str, object] = {}
    for field, text in given.items():
        try:
            params[field.key] = field.read(text, typed.get("surface"))
        except Invalid as refusal:
            facts: dict[str, Any] = {**refusal.facts, "label": _(field.label)}
            typed.refuse(f"v-{number}-{field.key}", _(refusal.text) % facts if refusal.facts else _(refusal.text))
            return None
    return params


def _variation(typed: Typed, number: int, **values: Any) -> VariationPlan | None:
    try:
        return VariationPlan(**values)
    except Invalid as refusal:
        typed.refuse(f"v-{number}-name", message_of(refusal))
        return None
