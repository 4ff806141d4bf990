"""Tiers and points of the demo: tiers follow from what the households really spent, points from their last orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.orm import Session

from storefront.accounts.models import Customer
from storefront.demo.bulk import insert_frame
from storefront.demo.front import CURRENCY
from storefront.kernel.money import Money
from storefront.loyalty import rules
from storefront.loyalty.booking import SYSTEM
from storefront.loyalty.models import PointsAccount, PointsEntry, Tier, TierChange
from storefront.loyalty.rules import Balance, Delta
from storefront.loyalty.states import EntryKind
from storefront.loyalty.tiers import TierStep, rate_of, standing_for
from storefront.orders.models import Order, OrderLine
from storefront.orders.spending import spending_by_customer
from storefront.orders.states import OrderStatus
from storefront.shop.queries import get_settings

PROGRAMME = timedelta(days=90)
"""How long the shop has had points."""
TIERS = (
    ("green", "Green", "绿卡", 0.0, 10_000),
    ("silver", "Silver", "银卡", 0.5, 12_500),
    ("gold", "Gold", "金卡", 0.85, 15_000),
)
"""Key, names, the share of households that spends less, and the earn rate."""
ROUND = 10_000
"""Tiers begin at whole hundreds."""


@dataclass(frozen=True, slots=True)
class _Earning:
    customer_id: int
    order_number: str
    points: int
    paid_at: datetime
    ready_at: datetime | None


def insert_loyalty(session: Session, connection: Connection, at: datetime) -> None:
    """Insert tiers, who stands in them and why, and the points of the last orders."""
    spent = spending_by_customer(since=at - timedelta(days=get_settings().tier_days), until=at)
    steps = _insert_tiers(session, [amount.minor for amount in spent.values()], at)
    tiers = _place_in_tiers(session, spent, steps, at)
    _insert_points(connection, _earnings(session, tiers, steps, at), at)


def _insert_tiers(session: Session, spent: list[int], at: datetime) -> tuple[TierStep, ...]:
    steps: list[TierStep] = []
    for key, name, chinese, share, rate in TIERS:
        reached = int(np.quantile(spent, share)) if spent and share else 0
        least = steps[-1].spend.minor + ROUND if steps else 0
        spend = max(-(-reached // ROUND) * ROUND, least)
        steps.append(TierStep(key, name, (("zh", chinese),), Money(spend, CURRENCY), rate))
        translations = {"zh": {"name": chinese}}
        values = {"spend_minor": spend, "earn_basis_points": rate, "updated_at": at}
        session.add(Tier(key=key, name=name, translations=translations, **values))
    session.flush()
    return tuple(steps)


def _place_in_tiers(
    session: Session, spent: Mapping[int, Money], steps: tuple[TierStep, ...], at: datetime
) -> dict[int, str]:
    nothing, members = Money.zero(CURRENCY), defaultdict[str, list[int]](list)
    changes: list[dict[str, Any]] = []
    for customer_id in session.scalars(select(Customer.id)):
        amount = spent.get(customer_id, nothing)
        tier = standing_for(amount, steps).tier
        if tier is not None:
            members[tier.key].append(customer_id)
            change = {"customer_id": customer_id, "before": "", "after": tier.key, "spent_minor": amount.minor}
            changes.append({**change, "actor": SYSTEM, "at": at})
    for key, ids in members.items():
        for start in range(0, len(ids), 500):
            some = Customer.id.in_(ids[start : start + 500])
            statement = update(Customer).where(some).values(tier=key)
            session.execute(statement.execution_options(synchronize_session=False))
    if changes:
        session.execute(insert(TierChange), changes)
    return {customer_id: key for key, ids in members.items() for customer_id in ids}


def _earnings(session: Session, tiers: dict[int, str], steps: tuple[TierStep, ...], at: datetime) -> list[_Earning]:
    """Return what the paid orders of the programme's time earned; each customer earns at today's rate."""
    settings = get_settings()
    window = timedelta(days=settings.after_sale_days)
    paid = func.sum(OrderLine.quantity * OrderLine.unit_price_minor - OrderLine.discount_minor)
    rows = session.execute(
        select(Order.customer_id, Order.number, Order.paid_at, Order.delivered_at, paid)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.paid_at > at - PROGRAMME, Order.status != OrderStatus.CANCELLED)
        .group_by(Order.id)
    )
    found = []
    for customer_id, number, paid_at, delivered_at, minor in rows:
        if customer_id is None or paid_at is None:
            continue
        rate = rate_of(tiers.get(customer_id, ""), steps)
        goods = Money(int(minor), CURRENCY)
        points = rules.points_for(goods, per_unit=settings.points_per_unit, basis_points=rate)
        if points:
            found.append(_Earning(customer_id, number, points, paid_at, delivered_at and delivered_at + window))
    return found


def _insert_points(connection: Connection, earnings: list[_Earning], at: datetime) -> None:
    """Write the ledger in the order in which it happened, and the accounts that it adds up to."""
    life = timedelta(days=get_settings().points_expire_days)
    balances: dict[int, Balance] = defaultdict(Balance)
    expiring: dict[int, datetime] = {}
    rows: list[tuple[Any, ...]] = []
    happened = [(each.paid_at, EntryKind.EARN, each) for each in earnings]
    happened += [(each.ready_at, EntryKind.RELEASE, each) for each in earnings if each.ready_at and each.ready_at <= at]
    for moment, kind, each in sorted(happened, key=lambda event: (event[0], event[2].order_number, event[1])):
        is_earned = kind is EntryKind.EARN
        delta = Delta(pending=each.points) if is_earned else rules.release(balances[each.customer_id], each.points)
        balances[each.customer_id] += delta
        dates = (each.ready_at, None) if is_earned else (None, moment + life)
        if not is_earned:
            expiring.setdefault(each.customer_id, moment + life)
        rows.append((each.customer_id, kind.value, delta.available, delta.pending, each.order_number, *dates, moment))
    if not rows:
        return
    columns = [
        *("customer_id", "kind", "available_delta", "pending_delta", "order_number"),
        *("available_at", "expires_at", "at"),
    ]
    entries = pd.DataFrame(rows, columns=columns).assign(owed_delta=0, note="", actor=SYSTEM)
    for column in ("available_at", "expires_at", "at"):
        entries[column] = pd.to_datetime(entries[column], utc=True).dt.tz_localize(None)
    insert_frame(connection, PointsEntry.__table__, entries)
    accounts = [
        {
            "customer_id": customer_id,
            "available": each.available,
            "pending": each.pending,
            "owed": 0,
            "next_expiry": expiring.get(customer_id),
            "updated_at": at,
        }
        for customer_id, each in balances.items()
    ]
    connection.execute(insert(PointsAccount), accounts)
