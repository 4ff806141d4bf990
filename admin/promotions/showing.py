"""From a stored promotion to what would be typed into the builder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from admin.promotions.benefits import show_benefit, show_empty
from admin.promotions.goods import ALL, show_goods
from admin.promotions.patterns import PATTERNS
from admin.promotions.reading import STAGES
from admin.promotions.typed import Typed
from admin.promotions.values import show_amount, show_moment
from storefront.pricing.snapshot import Stage
from storefront.promotions.rules import Audience, BuyAtLeast, Gift, Promotion


def empty_form(kind: str) -> Typed:
    """Return the form of a new promotion of a kind: once per order, beside everything but its own class.

    A gift stands beside others of its class too.
    """
    pattern = PATTERNS[kind]
    typed = Typed()
    own = pattern.classes[0]
    typed.values["kind"], typed.values["class"] = kind, own.value
    typed.values["scope-all"] = ALL
    typed.values["audience"], typed.values["orders"] = "everybody", "any"
    typed.values["beside"] = "some"
    beside_own = own is Stage.ITEM or kind == Gift.kind
    typed.values.setlist("with", [stage.value for stage in STAGES if stage is not own or beside_own])
    show_empty(typed, pattern)
    return typed


def form_of(row: Any, promotion: Promotion, codes: Sequence[Any], zone: str) -> Typed:
    """Return the form that shows a promotion as it is stored."""
    pattern, currency = PATTERNS[promotion.benefit.kind], promotion.currency
    typed = Typed()
    values = typed.values
    values["kind"], values["class"] = pattern.key, promotion.falls_on.value
    values["name"] = row.name
    values["name_zh"] = (row.translations or {}).get("zh", {}).get("name", "")
    show_benefit(typed, pattern, promotion.benefit)
    show_goods(typed, "scope", promotion.scope)
    for number, condition in enumerate(promotion.conditions):
        start = f"conditions-{number}"
        values[f"{start}-kind"] = condition.kind
        values[f"{start}-amount"] = (
            str(condition.count) if isinstance(condition, BuyAtLeast) else show_amount(condition.amount.minor, currency)
        )
        show_goods(typed, f"{start}-scope", condition.scope)
    _show_audience(typed, promotion.audience)
    values["starts_at"], values["ends_at"] = show_moment(row.starts_at, zone), show_moment(row.ends_at, zone)
    values["usage_limit"] = str(row.usage_limit or "")
    values["per_customer_limit"] = str(row.per_customer_limit or "")
    values["budget"] = show_amount(row.budget_minor, currency)
    if row.requires_code:
        values["requires_code"] = "yes"
    for number, code in enumerate(codes):
        values[f"codes-{number}-code"] = code.code
        values[f"codes-{number}-limit"] = str(code.usage_limit or "")
    values["beside"] = "none" if row.exclusive else "some"
    values.setlist("with", sorted(stage.value for stage in promotion.combines_with or ()))
    values["priority"] = str(row.priority or "")
    return typed


def _show_audience(typed: Typed, audience: Audience) -> None:
    values = typed.values
    values["audience"] = "everybody"
    if audience.members_only:
        values["audience"] = "members"
    if audience.groups or audience.tiers:
        values["audience"] = "chosen"
    values.setlist("tier", sorted(audience.tiers))
    values.setlist("group", sorted(audience.groups))
    values["orders"] = "any" if audience.most_orders is None else "few" if audience.most_orders else "first"
    if audience.most_orders:
        values["most_orders"] = str(audience.most_orders)
