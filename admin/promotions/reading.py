"""From what was typed to a `PromotionPlan`, or to a sentence beside every field that is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from admin.promotions.benefits import read_benefit
from admin.promotions.cells import Cells
from admin.promotions.goods import read_goods
from admin.promotions.patterns import PATTERNS, Pattern
from admin.promotions.typed import Typed
from storefront.kernel.errors import Invalid
from storefront.kernel.money import Money
from storefront.kernel.text import code_key, squeeze
from storefront.pricing.snapshot import Stage
from storefront.promotions.editing import LONGEST_CODE, CodePlan, PromotionPlan
from storefront.promotions.rules import Promotion, promotion_from_data
from storefront.promotions.rules.serial import BadPromotion
from storefront.web.errors import message_of

STAGES = (Stage.ITEM, Stage.ORDER, Stage.SHIPPING, Stage.COUPON)
LONGEST_NAME = 255
MOST_PRIORITY = 1_000
LIMITS = ("usage_limit", "per_customer_limit")


def find_pattern(typed: Typed) -> Pattern | None:
    """Return the kind that was chosen."""
    return PATTERNS.get(typed.get("kind"))


def read_plan(typed: Typed, currency: str, zone: str) -> PromotionPlan | None:
    """Return what was meant, or None after noting in `typed` everything that is wrong."""
    pattern = find_pattern(typed)
    if pattern is None:
        typed.refuse("kind", _("Choose a kind of promotion."))
        return None
    cells = Cells(typed, currency, zone)
    data = {
        "id": 0,
        "currency": currency,
        **_names(typed),
        "falls_on": _class(typed, pattern),
        "benefit": read_benefit(cells, pattern),
        "scope": read_goods(cells, "scope"),
        "conditions": _conditions(cells),
        "audience": _audience(cells),
        "needs_code": typed.has("requires_code"),
        **_combination(cells),
    }
    starts_at, ends_at = _times(cells)
    limits = _limits(cells)
    codes = _codes(cells)
    if typed.errors:
        return None
    promotion = _promotion(typed, data, starts_at, ends_at)
    if promotion is None:
        return None
    try:
        return PromotionPlan(promotion, **limits, codes=codes)
    except Invalid as refusal:
        typed.refuse(refusal.field, message_of(refusal))
        return None


def _promotion(
    typed: Typed, data: dict[str, Any], starts_at: datetime | None, ends_at: datetime | None
) -> Promotion | None:
    try:
        read = promotion_from_data({key: value for key, value in data.items() if value is not None})
        return replace(read, starts_at=starts_at, ends_at=ends_at)
    except (BadPromotion, ValueError):
        typed.refuse("kind", _("These terms do not fit together. Please check the amounts and the goods."))
        return None


def _names(typed: Typed) -> dict[str, Any]:
    name, chinese = squeeze(typed.get("name")), squeeze(typed.get("name_zh"))
    if not name:
        typed.refuse("name", _("Give the promotion a name; shoppers read it."))
    for field, text in (("name", name), ("name_zh", chinese)):
        if len(text) > LONGEST_NAME:
            typed.refuse(field, _("This is too long."))
    return {"name": name, "translations": [["zh", chinese]] if chinese else []}


def _class(typed: Typed, pattern: Pattern) -> str:
    wanted = typed.get("class") or pattern.classes[0].value
    if wanted not in {stage.value for stage in pattern.classes}:
        wanted = pattern.classes[0].value
    return wanted


def _conditions(cells: Cells) -> list[dict[str, Any]]:
    typed, found = cells.typed, []
    for number in typed.rows("conditions"):
        row = f"conditions-{number}"
        kind, amount = typed.get(f"{row}-kind"), f"{row}-amount"
        scope = read_goods(cells, f"{row}-scope")
        if kind == "buy_at_least":
            value: dict[str, Any] = {"count": cells.count(amount, most=9_999)}
        else:
            kind, value = "spend_at_least", {"amount_minor": cells.amount(amount)}
        found.append({"kind": kind, **value, **({} if scope is None else {"scope": scope})})
    return found


def _audience(cells: Cells) -> dict[str, Any] | None:
    typed = cells.typed
    audience: dict[str, Any] = {}
    who = typed.get("audience")
    if who == "members":
        audience["members_only"] = True
    if who == "chosen":
        audience |= {"tiers": sorted(typed.all("tier")), "groups": sorted(typed.all("group"))}
        if not typed.all("tier") and not typed.all("group"):
            typed.refuse("audience", _("Choose at least one tier or group."))
    orders = typed.get("orders")
    if orders == "first":
        audience["most_orders"] = 0
    elif orders == "few":
        audience["most_orders"] = cells.count("most_orders", least=0, most=100_000)
    return audience or None


def _combination(cells: Cells) -> dict[str, Any]:
    typed = cells.typed
    priority = cells.count("priority", least=0, most=MOST_PRIORITY, optional=True)
    return {
        "exclusive": typed.get("beside") == "none",
        "combines_with": [stage.value for stage in STAGES if stage.value in typed.all("with")],
        "priority": priority or 0,
    }


def _times(cells: Cells) -> tuple[datetime | None, datetime | None]:
    starts_at, ends_at = cells.moment("starts_at"), cells.moment("ends_at")
    if starts_at and ends_at and ends_at <= starts_at:
        cells.typed.refuse("ends_at", _("It ends before it starts. Choose a later end."))
    return starts_at, ends_at


def _limits(cells: Cells) -> dict[str, Any]:
    limits: dict[str, Any] = {name: cells.count(name, most=1_000_000_000, optional=True) for name in LIMITS}
    budget = cells.amount("budget", optional=True)
    return {**limits, "budget": None if budget is None else Money(budget, cells.currency)}


def _codes(cells: Cells) -> tuple[CodePlan, ...]:
    typed = cells.typed
    found: dict[str, CodePlan] = {}
    if not typed.has("requires_code"):
        return ()
    for number in typed.rows("codes"):
        field = f"codes-{number}-code"
        code = code_key(typed.get(field))
        limit = cells.count(f"codes-{number}-limit", most=1_000_000_000, optional=True)
        if not code:
            continue
        if len(code) > LONGEST_CODE:
            typed.refuse(field, _("This is too long."))
        elif code in found:
            typed.refuse(field, _("This code is in the list twice."))
        elif f"codes-{number}-limit" not in typed.errors:
            found[code] = CodePlan(code, limit)
    return tuple(found.values())
