"""Promotions in the reader's words: what an offer says, what it gave, what is nearly reached, why it did not apply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import flask_babel

from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.pricing.allocation import TraceStep
from storefront.pricing.label import Label
from storefront.pricing.snapshot import Stage
from storefront.promotions.rules import Near, Reason, Rejected
from storefront.promotions.rules.benefits import WHOLE
from storefront.web.filters import money_text
from storefront.web.locale import current_locale

HALF = WHOLE // 2
_: Callable[..., str] = flask_babel.gettext
ngettext: Callable[..., str] = flask_babel.ngettext


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer as a page shows it: the merchant's name for it, and what it gives."""

    key: str
    name: str
    text: str


def name_of(label: Label) -> str:
    """Return the merchant's name for a promotion in the reader's language, else what it gives."""
    own = label.get(f"name_{current_locale()}") or label.name
    return str(own) if own else terms_of(label)


def terms_of(label: Label) -> str:
    """Say what a promotion gives: "Spend $50.00, save $5.00"."""
    words = _TERMS.get(label.kind)
    return words(label) if words else str(label.name)


def near_words(near: Near) -> str:
    """Say what is missing and what it would bring: "Add $21.00 more to save $20.00"."""
    gap, saving = near.shortfall.gap, money_text(near.would_save)
    free_delivery = near.promotion.falls_on is Stage.SHIPPING
    if isinstance(gap, Money):
        if free_delivery:
            return _("Add %(gap)s more and save %(saving)s on delivery", gap=money_text(gap), saving=saving)
        return _("Add %(gap)s more to save %(saving)s", gap=money_text(gap), saving=saving)
    if free_delivery:
        return ngettext(
            "Add %(num)s more item and save %(saving)s on delivery",
            "Add %(num)s more items and save %(saving)s on delivery",
            gap,
            saving=saving,
        )
    return ngettext(
        "Add %(num)s more item to save %(saving)s", "Add %(num)s more items to save %(saving)s", gap, saving=saving
    )


def rejection_words(rejected: Rejected, *, rival: str = "") -> str:
    """Say why a promotion does not apply; `rival` is the name of the one that keeps it out."""
    if rejected.reason is Reason.THRESHOLD and rejected.shortfall:
        gap = rejected.shortfall.gap
        if isinstance(gap, Money):
            return _("%(gap)s more of the goods it is for are needed.", gap=money_text(gap))
        return ngettext(
            "%(num)s more item that it is for is needed.", "%(num)s more items that it is for are needed.", gap
        )
    if rejected.reason is Reason.EXCLUDED_BY and rival:
        return _("It cannot be combined with “%(name)s”, which saves more.", name=rival)
    return _(_REASONS[rejected.reason])


def step_words(step: TraceStep) -> str:
    """Name one step of a price."""
    return _(_PRICES[step.label.kind]) if step.label.kind in _PRICES else name_of(step.label)


def price_words(source: str) -> str:
    """Name where a catalogue price comes from: "Member price"."""
    return _(_PRICES[f"{source}_price"])


def share_words(basis_points: int) -> str:
    """Write a reduction as the reader's language does: "12.5% off", 8.75折."""
    if current_locale() == "zh":
        return f"{(WHOLE - basis_points) / 1000:g}折"
    return f"{basis_points / 100:g}% off"


def ordinal(number: int) -> str:
    """Write "2nd" in English, and the bare number where a counter word follows it."""
    if current_locale() == "zh":
        return str(number)
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in {11, 12, 13} else "th"
    return f"{number}{ending}"


def _amount(label: Label, fact: str) -> str:
    value = label.get(fact)
    return money_text(value) if isinstance(value, Money) else ""


def _count(label: Label, fact: str) -> int:
    value = label.get(fact)
    return value if isinstance(value, int) else 0


def _conditional(label: Label, gift: str) -> str:
    """Put the threshold of spending or of pieces in front of what is given."""
    need, pieces = _amount(label, "need"), _count(label, "pieces")
    if need:
        return _("%(gift)s when you spend %(need)s", gift=gift, need=need)
    if pieces > 1:
        return _("%(gift)s when you buy %(pieces)s", gift=gift, pieces=pieces)
    return gift


def _percent_off(label: Label) -> str:
    points = _count(label, "basis_points")
    gift = _("Half price") if points == HALF else _("Free") if points == WHOLE else share_words(points)
    most = _amount(label, "most")
    if most:
        gift = _("%(gift)s, up to %(most)s", gift=gift, most=most)
    return _conditional(label, gift)


def _amount_off(label: Label) -> str:
    off, need = _amount(label, "off"), _amount(label, "need")
    if label.get("on") == Stage.ITEM.value:
        return _conditional(label, _("%(off)s off each", off=off))
    if need:
        return _("Spend %(spend)s, save %(off)s", spend=need, off=off)
    return _conditional(label, _("%(off)s off", off=off))


def _spend_ladder(label: Label) -> str:
    return _("Spend %(spend)s, save %(off)s", spend=_amount(label, "spend"), off=_amount(label, "off"))


def _spend_repeat(label: Label) -> str:
    return _("Save %(off)s for every %(spend)s", spend=_amount(label, "spend"), off=_amount(label, "off"))


def _nth_item(label: Label) -> str:
    nth, points = _count(label, "nth"), _count(label, "basis_points")
    if points == HALF:
        return _("Every %(nth)s item at half price", nth=ordinal(nth))
    if points == WHOLE:
        return _("Every %(nth)s item free", nth=ordinal(nth))
    return _("Every %(nth)s item %(off)s", nth=ordinal(nth), off=share_words(points))


def _delivery_off(label: Label) -> str:
    points = _count(label, "basis_points")
    gift = _("Free delivery") if points == WHOLE else _("Delivery %(off)s", off=share_words(points))
    return _conditional(label, gift)


_TERMS: dict[str, Callable[[Label], str]] = {
    "percent_off": _percent_off,
    "amount_off": _amount_off,
    "spend_ladder": _spend_ladder,
    "spend_repeat": _spend_repeat,
    "nth_item": _nth_item,
    "delivery_off": _delivery_off,
}
_PRICES = {
    "base_price": N_("Price"),
    "list_price": N_("Price from your price list"),
    "tier_price": N_("Member price"),
    "scheduled_price": N_("Price for these days"),
    "quantity_price": N_("Price for this quantity"),
    "flash_price": N_("Flash sale price"),
    "gift_price": N_("Gift"),
    "delivery": N_("Delivery fee"),
}
_REASONS = {
    Reason.NOT_STARTED: N_("It has not started yet."),
    Reason.ENDED: N_("It has ended."),
    Reason.THRESHOLD: N_("More of the goods it is for are needed."),
    Reason.SCOPE: N_("Nothing in your cart is part of it."),
    Reason.AUDIENCE: N_("It is for other customers. If you are one of them, please sign in."),
    Reason.LIMIT: N_("It has been used up."),
    Reason.EXCLUDED_BY: N_("It cannot be combined with a promotion that saves more."),
    Reason.WORSE_DEAL: N_("The promotions that apply save more without it."),
    Reason.FLOOR: N_("These goods are already at their lowest price."),
    Reason.BUDGET: N_("It has been used up."),
}
