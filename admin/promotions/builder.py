"""The builder's form as a page or a part of it: what was typed, what it means in words, and what the check found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import g
from flask_babel import gettext as _

from admin.promotions.benefits import PREFIX, add_row
from admin.promotions.checking import Finding, check
from admin.promotions.choices import Choices, choices, find_goods, product_names, tier_names
from admin.promotions.goods import PICKED, SAME
from admin.promotions.merging import label_of
from admin.promotions.patterns import CLASS_NAMES, CLASS_NOTES, FieldKind, Pattern
from admin.promotions.reading import find_pattern, read_plan
from admin.promotions.typed import Typed
from storefront.promotions.editing import PromotionPlan
from storefront.promotions.naming import names_for
from storefront.promotions.summary import Bounds, Told, summary_of

UNITS = ("category", "brand", "collection")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a form means: sentences and findings, or else what is missing."""

    told: Sequence[Told] = ()
    findings: Sequence[Finding] = ()
    missing: Sequence[tuple[str, str, str]] = ()
    """(field, its label, what is wrong) in reading order."""


@dataclass(frozen=True, slots=True)
class Form:
    """Everything that the fields' templates ask for."""

    typed: Typed
    pattern: Pattern
    choices: Choices
    products: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    class_names: Mapping[Any, str] = field(default_factory=lambda: CLASS_NAMES)
    class_notes: Mapping[Any, str] = field(default_factory=lambda: CLASS_NOTES)

    @property
    def currency(self) -> str:
        return str(g.shop.currency)

    @property
    def zone(self) -> str:
        return str(g.shop.timezone)


def form_for(typed: Typed) -> Form | None:
    """Return the form for what was typed; None without a kind."""
    pattern = find_pattern(typed)
    if pattern is None:
        return None
    picked = [id_ for name in typed.values if name.endswith("-product") for id_ in typed.all(name)]
    searches = {name.removeprefix("find-"): typed.get(name) for name in typed.values if name.startswith("find-")}
    found = {prefix: find_goods(text[:100]) for prefix, text in searches.items() if text}
    return Form(typed, pattern, choices(), product_names(picked), found)


def change_rows(typed: Typed, asked: str) -> None:
    """Add a row to a list ("add:conditions") or take one away ("remove:codes-2")."""
    what, _colon, where = asked.partition(":")
    if what == "remove":
        typed.remove_row(where)
    elif what == "add" and where == "conditions":
        typed.add_row(where, [("kind", "spend_at_least"), ("amount", ""), ("scope-all", SAME)])
    elif what == "add" and where == "codes":
        typed.add_row(where, [("code", ""), ("limit", "")])
    elif what == "add":
        pattern = find_pattern(typed)
        for each in pattern.fields if pattern else ():
            if where == f"{PREFIX}-{each.name}" and each.kind in {FieldKind.ROWS, FieldKind.SKUS}:
                add_row(typed, each)


def meaning_of(typed: Typed, promotion_id: int) -> Meaning:
    """Read a copy of what was typed and say what it means; the form's own errors are left as they are."""
    probe = Typed(typed.values.copy())
    plan = read_plan(probe, g.shop.currency, g.shop.timezone)
    if plan is None:
        return Meaning(
            missing=[(name, label_of(name, typed.get("kind")), words) for name, words in probe.errors.items()]
        )
    return Meaning(told_of(plan), check(plan, promotion_id))


def told_of(plan: PromotionPlan) -> Sequence[Told]:
    """Return a plan's sentences in the reader's language."""
    bounds = Bounds(plan.usage_limit, plan.per_customer_limit, plan.budget, tuple(code.code for code in plan.codes))
    return summary_of(plan.promotion, names_for([plan.promotion], tiers=tier_names()), bounds)


def heading_of(typed: Typed, pattern: Pattern) -> str:
    """Return the page's heading: the name, once there is one."""
    return typed.get("name") or _("New promotion: %(kind)s", kind=_(pattern.name))


__all__ = ["PICKED", "SAME", "UNITS", "Form", "Meaning", "change_rows", "form_for", "heading_of", "meaning_of"]
