"""What each kind of promotion gives, in the reader's words: "Spend $50.00, save $5.00", 买2送1."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import flask_babel

from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.pricing.label import Label
from storefront.pricing.snapshot import Stage
from storefront.promotions.rules import Together
from storefront.promotions.rules.benefits import WHOLE
from storefront.web.filters import money_text
from storefront.web.locale import current_locale

HALF = WHOLE // 2
_: Callable[..., str] = flask_babel.gettext
ngettext: Callable[..., str] = flask_babel.ngettext


def terms_of(label: Label) -> str:
    """Say what a promotion gives: "Spend $50.00, save $5.00".

    The terms of an offer name every rung of a ladder, those of what was given only the rung that was reached.
    """
    return _terms_in(label, current_locale())


@lru_cache(maxsize=4_000)
def _terms_in(label: Label, _locale: str) -> str:
    words = _TERMS.get(label.kind)
    return words(label) if words else str(label.name)


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


def amount_in(label: Label, fact: str) -> str:
    """Return an amount of the label as text, "" if it has none."""
    value = label.get(fact)
    return money_text(value) if isinstance(value, Money) else ""


def count_in(label: Label, fact: str) -> int:
    """Return a number of the label, 0 if it has none."""
    value = label.get(fact)
    return value if isinstance(value, int) else 0


def is_of_the_same(label: Label) -> bool:
    """Say whether only pieces of one product, or of one SKU, count together."""
    return label.get("together") in {Together.PRODUCT.value, Together.SKU.value}


def _conditional(label: Label, gift: str) -> str:
    """Put the threshold of spending or of pieces in front of what is given."""
    need, pieces = amount_in(label, "need"), count_in(label, "pieces")
    if need:
        return _("%(gift)s when you spend %(need)s", gift=gift, need=need)
    if pieces > 1:
        return _("%(gift)s when you buy %(pieces)s", gift=gift, pieces=pieces)
    return gift


def _capped(label: Label, gift: str) -> str:
    """Add the most that it takes off."""
    most = amount_in(label, "most")
    return _("%(gift)s, up to %(most)s", gift=gift, most=most) if most else gift


def _limited(label: Label, gift: str) -> str:
    """Add how often it holds in one order, and its threshold."""
    times = count_in(label, "most_times")
    if times == 1:
        gift = _("%(gift)s, once per order", gift=gift)
    elif times:
        gift = _("%(gift)s, up to %(times)s times per order", gift=gift, times=times)
    return _conditional(label, gift)


def _rungs(label: Label) -> list[str]:
    """Return how the facts of each rung begin: of the one that was reached, else of all."""
    if label.get("rung") is not None or not any(name.startswith("rung_1_") for name, _value in label.facts):
        return [""]
    return [f"rung_{number}_" for number in range(1, count_in(label, "rungs") + 1)]


def _percent_off(label: Label) -> str:
    points = count_in(label, "basis_points")
    gift = _("Half price") if points == HALF else _("Free") if points == WHOLE else share_words(points)
    return _conditional(label, _capped(label, gift))


def _amount_off(label: Label) -> str:
    off, need = amount_in(label, "off"), amount_in(label, "need")
    if label.get("on") == Stage.ITEM.value:
        return _conditional(label, _("%(off)s off each", off=off))
    if need:
        return _("Spend %(spend)s, save %(off)s", spend=need, off=off)
    return _conditional(label, _("%(off)s off", off=off))


def _spend_ladder(label: Label) -> str:
    pairs = [(amount_in(label, f"{rung}spend"), amount_in(label, f"{rung}off")) for rung in _rungs(label)]
    words = _("Spend %(spend)s, save %(off)s", spend=pairs[0][0], off=pairs[0][1])
    for spend, off in pairs[1:]:
        words = _("%(first)s; spend %(spend)s, save %(off)s", first=words, spend=spend, off=off)
    return words


def _spend_repeat(label: Label) -> str:
    words = _("Save %(off)s for every %(spend)s", spend=amount_in(label, "spend"), off=amount_in(label, "off"))
    return _limited(label, words)


def _nth_item(label: Label) -> str:
    nth, points, off = ordinal(count_in(label, "nth")), count_in(label, "basis_points"), ""
    same = is_of_the_same(label)
    if points == HALF:
        words = N_("Every %(nth)s of the same item at half price") if same else N_("Every %(nth)s item at half price")
    elif points == WHOLE:
        words = N_("Every %(nth)s of the same item free") if same else N_("Every %(nth)s item free")
    else:
        off = share_words(points)
        words = N_("Every %(nth)s of the same item %(off)s") if same else N_("Every %(nth)s item %(off)s")
    return _limited(label, _(words, nth=nth, off=off))


def _count_price(label: Label) -> str:
    count, price = count_in(label, "count"), amount_in(label, "price")
    if is_of_the_same(label):
        return _limited(label, _("%(count)s of the same for %(price)s", count=count, price=price))
    return _limited(label, _("Any %(count)s for %(price)s", count=count, price=price))


def _count_ladder(label: Label) -> str:
    pairs = [
        (count_in(label, f"{rung}count"), share_words(count_in(label, f"{rung}basis_points"))) for rung in _rungs(label)
    ]
    first = N_("Buy %(count)s of the same, %(off)s") if is_of_the_same(label) else N_("Buy %(count)s, %(off)s")
    words = _(first, count=pairs[0][0], off=pairs[0][1])
    for count, off in pairs[1:]:
        words = _("%(first)s; buy %(count)s, %(off)s", first=words, count=count, off=off)
    return _conditional(label, words)


def _buy_get(label: Label) -> str:
    buy, get, points = count_in(label, "buy"), count_in(label, "get"), count_in(label, "basis_points")
    if not label.get("others"):
        if points == WHOLE:
            return _limited(label, _("Buy %(buy)s, get %(get)s free", buy=buy, get=get))
        if points == HALF:
            return _limited(label, _("Buy %(buy)s, get %(get)s at half price", buy=buy, get=get))
        return _limited(label, _("Buy %(buy)s, get %(get)s at %(off)s", buy=buy, get=get, off=share_words(points)))
    if points == WHOLE:
        words = ngettext(
            "Buy %(buy)s, get %(num)s selected item free", "Buy %(buy)s, get %(num)s selected items free", get, buy=buy
        )
    elif points == HALF:
        words = ngettext(
            "Buy %(buy)s, get %(num)s selected item at half price",
            "Buy %(buy)s, get %(num)s selected items at half price",
            get,
            buy=buy,
        )
    else:
        words = ngettext(
            "Buy %(buy)s, get %(num)s selected item at %(off)s",
            "Buy %(buy)s, get %(num)s selected items at %(off)s",
            get,
            buy=buy,
            off=share_words(points),
        )
    return _limited(label, words)


def _bundle(label: Label) -> str:
    price, off = amount_in(label, "price"), amount_in(label, "off")
    if price:
        return _limited(label, _("The set for %(price)s", price=price))
    if off:
        return _limited(label, _("%(amount)s off the set", amount=off))
    return _limited(label, _("%(off)s the set", off=share_words(count_in(label, "basis_points"))))


def _gift(label: Label) -> str:
    return _conditional(label, ngettext("Free gift", "%(num)s free gifts", max(1, count_in(label, "count"))))


def _delivery_off(label: Label) -> str:
    points = count_in(label, "basis_points")
    gift = _("Free delivery") if points == WHOLE else _("Delivery %(off)s", off=share_words(points))
    return _conditional(label, _capped(label, gift))


def _delivery_for(label: Label) -> str:
    return _conditional(label, _("Delivery for %(price)s", price=amount_in(label, "price")))


_TERMS: dict[str, Callable[[Label], str]] = {
    "percent_off": _percent_off,
    "amount_off": _amount_off,
    "spend_ladder": _spend_ladder,
    "spend_repeat": _spend_repeat,
    "nth_item": _nth_item,
    "count_price": _count_price,
    "count_ladder": _count_ladder,
    "buy_get": _buy_get,
    "bundle": _bundle,
    "gift": _gift,
    "delivery_off": _delivery_off,
    "delivery_for": _delivery_for,
}
