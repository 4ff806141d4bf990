"""Promotions in the reader's words: what an offer says, what it gave, what is nearly reached, why it did not apply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import flask_babel

from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.pricing.allocation import TraceStep
from storefront.pricing.label import Label
from storefront.pricing.snapshot import Stage
from storefront.promotions.rules import Near, Reason, Rejected
from storefront.promotions.terms import amount_in, count_in, is_of_the_same
from storefront.promotions.terms import ordinal as ordinal
from storefront.promotions.terms import share_words as share_words
from storefront.promotions.terms import terms_of as terms_of
from storefront.web.filters import money_text
from storefront.web.locale import current_locale

_: Callable[..., str] = flask_babel.gettext
ngettext: Callable[..., str] = flask_babel.ngettext


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer as a page shows it: the merchant's name for it, and what it gives."""

    key: str
    name: str
    text: str
    ends_at: datetime | None = None
    is_gift: bool = False

    @property
    def url(self) -> str:
        """The page of its goods."""
        return f"/offers/{self.key}"


def name_of(label: Label) -> str:
    """Return the merchant's name for a promotion in the reader's language, else what it gives."""
    own = label.get(f"name_{current_locale()}") or label.name
    if own:
        return str(own)
    return _(_PRICES[label.kind]) if label.kind in _PRICES else terms_of(label)


def near_words(near: Near) -> str:
    """Say what is missing and what it would bring: "Add $21.00 more to save $20.00"."""
    gap, saving = near.shortfall.gap, money_text(near.would_save)
    if near.promotion.is_gift:
        return _near_gift(near)
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
    return _near_by_kind(near, saving) or _near_pieces(near, saving)


def rejection_words(rejected: Rejected, *, rival: str = "") -> str:
    """Say why a promotion does not apply; `rival` is the name of the one that keeps it out."""
    if rejected.reason is Reason.THRESHOLD and rejected.shortfall:
        gap = rejected.shortfall.gap
        if isinstance(gap, Money):
            return _("Add %(gap)s more of the goods it is for.", gap=money_text(gap))
        return ngettext(
            "%(num)s more item that it is for is needed.", "%(num)s more items that it is for are needed.", gap
        )
    if rejected.reason is Reason.EXCLUDED_BY and rival:
        return _("It cannot be combined with “%(name)s”, which saves more.", name=rival)
    return _(_REASONS[rejected.reason])


def step_words(step: TraceStep) -> str:
    """Name one step of a price, or say why there is none."""
    label = step.label
    if label.kind in _PRICES:
        return _price_step(label)
    said, name = label.get("said"), name_of(label)
    if said == "elsewhere":
        return _("“%(name)s” falls on other goods of your cart", name=name)
    if said == "passed_over":
        saving = amount_in(label, "would_save")
        return _("“%(name)s” would save %(saving)s, but not beside the better deal", name=name, saving=saving)
    if said == "budget":
        return _("What is left of “%(name)s” is less than your cart would need", name=name)
    whole = amount_in(label, "shared_amount")
    if whole:
        lines = count_in(label, "shared_lines")
        return _("%(name)s (part of %(whole)s, shared by %(lines)s lines)", name=name, whole=whole, lines=lines)
    return name


def _price_step(label: Label) -> str:
    """Name a catalogue price, of several pieces with what each costs."""
    name, pieces, unit = _(_PRICES[label.kind]), count_in(label, "quantity"), amount_in(label, "unit")
    if pieces > 1 and unit:
        return _("%(name)s: %(pieces)s × %(unit)s", name=name, pieces=pieces, unit=unit)
    return name


def price_words(source: str) -> str:
    """Name where a catalogue price comes from: "Member price"."""
    return _(_PRICES[f"{source}_price"])


def _near_gift(near: Near) -> str:
    gap = near.shortfall.gap
    if isinstance(gap, Money):
        return _("Add %(gap)s more to get a free gift", gap=money_text(gap))
    return ngettext("Add %(num)s more item to get a free gift", "Add %(num)s more items to get a free gift", gap)


def _near_by_kind(near: Near, saving: str) -> str:
    """Say what is near where a kind of promotion has words of its own for the step it asks, else ""."""
    label, need, gap = near.promotion.label, near.shortfall.need, near.shortfall.gap
    if label.kind == "bundle" and need == label.get("set_pieces"):
        if near.open:
            return ngettext(
                "Add %(num)s more item to complete the set: %(terms)s",
                "Add %(num)s more items to complete the set: %(terms)s",
                gap,
                terms=terms_of(label),
            )
        return ngettext(
            "Add %(num)s more item to complete the set and save %(saving)s",
            "Add %(num)s more items to complete the set and save %(saving)s",
            gap,
            saving=saving,
        )
    if near.open:
        return ngettext(
            "Add %(num)s more item: %(terms)s", "Add %(num)s more items: %(terms)s", gap, terms=terms_of(label)
        )
    if label.kind == "count_price" and need == label.get("count"):
        facts = {"count": need, "price": amount_in(label, "price"), "saving": saving}
        if _is_same(near):
            return ngettext(
                "Add %(num)s more of the same item to get %(count)s for %(price)s and save %(saving)s",
                "Add %(num)s more of the same item to get %(count)s for %(price)s and save %(saving)s",
                gap,
                **facts,
            )
        return ngettext(
            "Add %(num)s more item to get %(count)s for %(price)s and save %(saving)s",
            "Add %(num)s more items to get %(count)s for %(price)s and save %(saving)s",
            gap,
            **facts,
        )
    return ""


def _near_pieces(near: Near, saving: str) -> str:
    gap = near.shortfall.size
    if _is_same(near):
        return ngettext(
            "Add %(num)s more of the same item to save %(saving)s",
            "Add %(num)s more of the same item to save %(saving)s",
            gap,
            saving=saving,
        )
    return ngettext(
        "Add %(num)s more item to save %(saving)s", "Add %(num)s more items to save %(saving)s", gap, saving=saving
    )


def _is_same(near: Near) -> bool:
    """Say whether only another piece of one product, or of one SKU, closes the gap."""
    one = len(near.scope.product_ids) + len(near.scope.skus) == 1
    return one and near.scope != near.promotion.scope and is_of_the_same(near.promotion.label)


_PRICES = {
    "base_price": N_("Price"),
    "list_price": N_("Price from your price list"),
    "tier_price": N_("Member price"),
    "scheduled_price": N_("Limited-time price"),
    "quantity_price": N_("Price for this quantity"),
    "flash_price": N_("Flash sale price"),
    "gift_price": N_("Gift"),
    "delivery": N_("Delivery fee"),
    "points": N_("Paid with points"),
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
    Reason.STOCK: N_("The gift is out of stock."),
}
