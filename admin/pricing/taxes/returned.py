"""The tax in what went back: of each refund its share of the order's tax, so that all refunds bear all of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from storefront.database.base import db
from storefront.kernel.money import split_minor
from storefront.orders.models import Order, OrderTax
from storefront.payments.models import Payment, Refund, Transaction
from storefront.payments.states import RefundState, TransactionKind, TransactionResult

KEY = (OrderTax.country, OrderTax.region, OrderTax.name, OrderTax.millionths)
Key = tuple[str, str, str, int]
READ_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Returned:
    """What went back in a period, the tax in it, and net and tax of that by rate."""

    amount: int
    tax: int
    by_rate: Mapping[Key, tuple[int, int]]


def returned(since: datetime, until: datetime, currency: str) -> Returned:
    """Return what went back in [since, until) of orders that were paid, whenever that was."""
    is_refund = (Transaction.kind == TransactionKind.REFUND) & (Transaction.result == TransactionResult.SUCCESS)
    before = func.sum(case((Transaction.at < since, Transaction.amount_minor), else_=0))
    within = func.sum(case((Transaction.at >= since, Transaction.amount_minor), else_=0))
    rows = db.session.execute(
        select(Order.id, Order.total_minor, Order.tax_minor, before, within)
        .join(Payment, Payment.order_id == Order.id)
        .join(Transaction, Transaction.payment_id == Payment.id)
        .where(is_refund, Transaction.at < until, Order.paid_at.is_not(None), Order.currency == currency)
        .group_by(Order.id)
        .having(within > 0)
    ).all()
    overpaid = _overpaid(since, until) if rows else {}
    amount = tax = 0
    by_rate: dict[Key, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for first in range(0, len(rows), READ_AT_ONCE):
        part = rows[first : first + READ_AT_ONCE]
        rates = _rates_of([row[0] for row in part])
        for order_id, total, order_tax, *sums in part:
            gone, more = (int(each) - own for each, own in zip(sums, overpaid.get(order_id, (0, 0)), strict=True))
            start, end = min(int(gone), total), min(int(gone) + int(more), total)
            amount += int(more)
            tax += share(order_tax, end, total) - share(order_tax, start, total)
            for key, (net, taxes) in _spread(rates.get(order_id, {}), order_tax, start, end, total).items():
                by_rate[key] = (by_rate[key][0] + net, by_rate[key][1] + taxes)
    return Returned(amount, tax, by_rate)


def _overpaid(since: datetime, until: datetime) -> dict[int, tuple[int, int]]:
    """Return what went back before and within a period that was more than an order costs: no sale is smaller by it."""
    rows = db.session.execute(
        select(
            Payment.order_id,
            func.sum(case((Refund.ended_at < since, Refund.overpaid_minor), else_=0)),
            func.sum(case((Refund.ended_at >= since, Refund.overpaid_minor), else_=0)),
        )
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Refund.overpaid_minor > 0, Refund.state == RefundState.SUCCEEDED, Refund.ended_at < until)
        .group_by(Payment.order_id)
    )
    return {order_id: (int(before), int(within)) for order_id, before, within in rows}


def share(amount: int, part: int, whole: int) -> int:
    """Return what `part` of `whole` bears of an amount, in minor units, rounded down; all of it bears all."""
    return amount * part // whole if whole else 0


def _spread(
    rates: Mapping[Key, tuple[int, int]], tax: int, start: int, end: int, total: int
) -> dict[Key, tuple[int, int]]:
    """Share the tax between two states of an order over its rates: it sums to what the order's tax changed by."""
    if not rates:
        return {}
    keys, weights = list(rates), [taxes for _, taxes in rates.values()]
    after, before = (_shares(share(tax, part, total), weights) for part in (end, start))
    nets = [share(net, end, total) - share(net, start, total) for net, _ in rates.values()]
    return {key: (nets[at], after[at] - before[at]) for at, key in enumerate(keys)}


def _shares(amount: int, weights: list[int]) -> list[int]:
    if not sum(weights):
        return [0] * len(weights)
    return split_minor(amount, weights)


def _rates_of(order_ids: list[int]) -> dict[int, dict[Key, tuple[int, int]]]:
    rows = db.session.execute(
        select(OrderTax.order_id, *KEY, func.sum(OrderTax.net_minor), func.sum(OrderTax.tax_minor))
        .where(OrderTax.order_id.in_(order_ids))
        .group_by(OrderTax.order_id, *KEY)
        .order_by(OrderTax.order_id, *KEY)
    )
    found: dict[int, dict[Key, tuple[int, int]]] = defaultdict(dict)
    for order_id, country, region, name, millionths, net, tax in rows:
        found[order_id][country, region, name, millionths] = (int(net), int(tax))
    return found
