"""Carts and promotions as a merchant would jot them down: "tea 5.00 x2, soap 8.00", `spend("199-20", "399-60")`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from storefront.kernel.money import Money
from storefront.pricing.snapshot import PriceSource, SnapshotLine, Stage
from storefront.promotions.rules import (
    AmountOff,
    Benefit,
    Bundle,
    BundlePart,
    BuyGet,
    CountLadder,
    CountPrice,
    CountRung,
    DeliveryFor,
    DeliveryOff,
    NthItem,
    PercentOff,
    Promotion,
    Rung,
    Scope,
    SpendAtLeast,
    SpendLadder,
    SpendRepeat,
)

FREE = 100


def money(text: str, currency: str = "USD") -> Money:
    return Money.parse(text, currency)


def basket(text: str, currency: str = "USD") -> tuple[SnapshotLine, ...]:
    """Read "tea 5.00 x2, soap 8.00 min 7.50 was 9.00": name, price, perhaps pieces, minimum price, price of others."""
    lines = []
    for number, part in enumerate(filter(None, text.split(", ")), 1):
        name, price, *rest = part.split()
        quantity = int(rest.pop(0)[1:]) if rest and rest[0].startswith("x") else 1
        marks = {word: money(amount, currency) for word, amount in zip(rest[::2], rest[1::2], strict=True)}
        lines.append(
            SnapshotLine(
                line_id=name,
                sku=name,
                quantity=quantity,
                unit_price=money(price, currency),
                base_price=marks.get("was"),
                price_source=PriceSource.TIER if "was" in marks else PriceSource.BASE,
                minimum_price=marks.get("min"),
                product_id=number,
            )
        )
    return tuple(lines)


def only(*names: str) -> Scope:
    return Scope(skus=frozenset(names))


def numbered(offers: Iterable[Promotion]) -> list[Promotion]:
    """Give promotions the numbers 1, 2, 3 by which an example speaks of them."""
    return [replace(offer, id=number) for number, offer in enumerate(offers, 1)]


def offer(benefit: Benefit, on: Stage, *, over: str = "", currency: str = "USD", **values: Any) -> Promotion:
    conditions = (SpendAtLeast(money(over, currency)),) if over else ()
    names = values.pop("on_goods", "")
    scope = only(*names.split()) if names else values.pop("scope", Scope())
    return Promotion(
        id=1,
        name="",
        currency=currency,
        benefit=benefit,
        falls_on=on,
        conditions=(*conditions, *values.pop("conditions", ())),
        scope=scope,
        **values,
    )


def spend(*rungs: str, currency: str = "USD", **values: Any) -> Promotion:
    """满减: `spend("199-20", "399-60")`."""
    pairs = [rung.split("-") for rung in rungs]
    steps = tuple(Rung(money(need, currency), money(off, currency)) for need, off in pairs)
    return offer(SpendLadder(steps), Stage.ORDER, currency=currency, **values)


def every(rung: str, times: int | None = None, **values: Any) -> Promotion:
    """每满: `every("100-10")`."""
    need, off = rung.split("-")
    return offer(SpendRepeat(money(need), money(off), times), Stage.ORDER, **values)


def each_percent(percent: float, **values: Any) -> Promotion:
    return offer(PercentOff(int(percent * 100)), Stage.ITEM, **values)


def order_percent(percent: float, most: str = "", **values: Any) -> Promotion:
    return offer(PercentOff(int(percent * 100), money(most) if most else None), Stage.ORDER, **values)


def each_off(amount: str, **values: Any) -> Promotion:
    return offer(AmountOff(money(amount)), Stage.ITEM, **values)


def order_off(amount: str, currency: str = "USD", **values: Any) -> Promotion:
    return offer(AmountOff(money(amount, currency)), Stage.ORDER, currency=currency, **values)


def nth(number: int, percent: float, *options: Any, **values: Any) -> Promotion:
    """第 N 件: `nth(2, 50)` is the second at half price, `nth(3, FREE)` the third free."""
    return offer(NthItem(number, int(percent * 100), *options), Stage.ITEM, **values)


def any_for(count: int, price: str, *options: Any, currency: str = "USD", **values: Any) -> Promotion:
    """N 件 M 元: `any_for(3, "10")`."""
    return offer(CountPrice(count, money(price, currency), *options), Stage.ITEM, currency=currency, **values)


def pieces(*rungs: str, together: Any = None, **values: Any) -> Promotion:
    """多件折扣: `pieces("2-10", "3-20")` is 2 pieces 10 % off, 3 pieces 20 % off."""
    pairs = [rung.split("-") for rung in rungs]
    steps = tuple(CountRung(int(count), int(percent) * 100) for count, percent in pairs)
    ladder = CountLadder(steps, together) if together else CountLadder(steps)
    return offer(ladder, Stage.ITEM, **values)


def buy(
    count: int, *, get: int, percent: float = FREE, of: str = "", times: int | None = None, **values: Any
) -> Promotion:
    """买 X 送 Y: `buy(2, get=1)`, of the same goods or of others."""
    others = only(*of.split()) if of else None
    return offer(BuyGet(count, get, int(percent * 100), others, times), Stage.ITEM, **values)


def together(
    *parts: str, price: str = "", off: str = "", percent: int = 0, times: int | None = None, **values: Any
) -> Promotion:
    """套装: `together("shampoo", "soap brush x2", price="25")`; a part may be one of several goods."""
    made = []
    for part in parts:
        words = part.split()
        count = int(words.pop()[1:]) if words[-1].startswith("x") else 1
        made.append(BundlePart(only(*words), count))
    benefit = Bundle(
        tuple(made), money(price) if price else None, money(off) if off else None, percent * 100 or None, times
    )
    return offer(benefit, Stage.ITEM, **values)


def free_delivery(over: str = "", **values: Any) -> Promotion:
    return offer(DeliveryOff(), Stage.SHIPPING, over=over, **values)


def delivery_percent(percent: int, **values: Any) -> Promotion:
    return offer(DeliveryOff(percent * 100), Stage.SHIPPING, **values)


def delivery_for(price: str, currency: str = "USD", **values: Any) -> Promotion:
    """运费 M 元."""
    return offer(DeliveryFor(money(price, currency)), Stage.SHIPPING, currency=currency, **values)
