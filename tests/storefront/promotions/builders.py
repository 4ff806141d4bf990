"""Short words for carts and promotions, in USD minor units unless a test says otherwise."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from storefront.kernel.money import Money
from storefront.pricing.quote import Quote, make_quote
from storefront.pricing.snapshot import Delivery, Snapshot, SnapshotLine, Stage
from storefront.promotions.rules import (
    AmountOff,
    Benefit,
    DeliveryOff,
    NthItem,
    PercentOff,
    Promotion,
    Result,
    Rung,
    SpendAtLeast,
    SpendLadder,
    SpendRepeat,
    evaluate,
)

NOON = datetime(2026, 6, 18, 12, tzinfo=UTC)
_ids = count(1)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def line(price: int, quantity: int = 1, *, sku: str = "", minimum: int | None = None, **values: Any) -> SnapshotLine:
    sku = sku or f"SKU{price}"
    return SnapshotLine(
        line_id=values.pop("line_id", sku),
        sku=sku,
        quantity=quantity,
        unit_price=usd(price),
        minimum_price=None if minimum is None else usd(minimum),
        **values,
    )


def cart(*lines: SnapshotLine, delivery: int | None = None, codes: tuple[str, ...] = (), **values: Any) -> Snapshot:
    return Snapshot(
        now=values.pop("now", NOON),
        currency="USD",
        lines=lines,
        delivery=None if delivery is None else Delivery("standard", usd(delivery)),
        codes=codes,
        **values,
    )


def promotion(benefit: Benefit, on: Stage = Stage.ORDER, *, spend: int | None = None, **values: Any) -> Promotion:
    conditions = values.pop("conditions", ())
    if spend is not None:
        conditions = (SpendAtLeast(usd(spend)), *conditions)
    return Promotion(
        id=values.pop("id", next(_ids)),
        name=values.pop("name", ""),
        currency="USD",
        benefit=benefit,
        falls_on=on,
        conditions=conditions,
        **values,
    )


def percent_items(percent: int, **values: Any) -> Promotion:
    return promotion(PercentOff(percent * 100), Stage.ITEM, **values)


def percent_order(percent: int, **values: Any) -> Promotion:
    return promotion(PercentOff(percent * 100), Stage.ORDER, **values)


def amount_order(amount: int, **values: Any) -> Promotion:
    return promotion(AmountOff(usd(amount)), Stage.ORDER, **values)


def ladder(*rungs: tuple[int, int], **values: Any) -> Promotion:
    return promotion(SpendLadder(tuple(Rung(usd(spend), usd(off)) for spend, off in rungs)), **values)


def repeat(spend: int, off: int, times: int | None = None, **values: Any) -> Promotion:
    return promotion(SpendRepeat(usd(spend), usd(off), times), **values)


def second_half(**values: Any) -> Promotion:
    return promotion(NthItem(2, 5000), Stage.ITEM, **values)


def free_delivery(spend: int | None = None, **values: Any) -> Promotion:
    return promotion(DeliveryOff(), Stage.SHIPPING, spend=spend, **values)


def saved(snapshot: Snapshot, *promotions: Promotion) -> int:
    return evaluate(snapshot, promotions).saved.minor


def chosen(result: Result) -> set[int]:
    return {applied.promotion.id for applied in result.applied}


def quote_of(snapshot: Snapshot, *promotions: Promotion) -> Quote:
    result = evaluate(snapshot, promotions)
    return make_quote(snapshot, result.reductions, trace=result.trace)
