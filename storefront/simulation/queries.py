"""Reads of simulation: past orders as snapshots, in the order in which they were placed, and runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from storefront.accounts.models import Customer
from storefront.cart.gifts import gift_goods
from storefront.catalog.collections import marks_of
from storefront.catalog.models import Category, Product, Variant
from storefront.database.base import db
from storefront.database.reading import read
from storefront.kernel.clock import now
from storefront.kernel.errors import NotFound
from storefront.kernel.money import Money
from storefront.orders.following_up import WAS_CHOSEN
from storefront.orders.models import Order, OrderLine
from storefront.orders.states import OrderStatus
from storefront.pricing.snapshot import Delivery, GiftStock, PriceSource, Shopper, Snapshot, SnapshotLine
from storefront.promotions import queries as promotions
from storefront.promotions.models import Promotion as PromotionRow
from storefront.promotions.reading import find_promotion
from storefront.promotions.rules import Gift, Limits, Promotion
from storefront.shop.queries import get_settings
from storefront.simulation.models import Simulation
from storefront.simulation.rules import PastOrder
from storefront.simulation.states import RunStatus

CHUNK = 2_000
PLENTY = 1_000_000
MOST_KEPT = 50_000
"""How many different lines are kept while orders are read."""


@dataclass(frozen=True, slots=True)
class Window:
    """Whole days of the shop's calendar, the last one included."""

    first_day: date
    last_day: date

    def moments(self) -> tuple[datetime, datetime]:
        """Return [start, end) as moments."""
        zone = ZoneInfo(get_settings().timezone)
        first = datetime.combine(self.first_day, datetime.min.time(), zone)
        return first, datetime.combine(self.last_day + timedelta(days=1), datetime.min.time(), zone)


def others_than(promotion_id: int) -> tuple[Promotion, ...]:
    """Return the promotions that run today without a code: a draft is tried beside them."""
    at = now()
    return tuple(
        each
        for each in promotions.live_promotions(at=at)
        if each.id != promotion_id and not (each.starts_at and at < each.starts_at)
    )


def draft_of(row: PromotionRow) -> Promotion | None:
    """Return a promotion as it would begin, with nothing used up; None for one that cannot be read."""
    currency = get_settings().currency
    draft = find_promotion(row, currency)
    if draft is None:
        return None
    budget = None if row.budget_minor is None else Money(row.budget_minor, currency)
    return replace(draft, limits=Limits(row.usage_limit, row.per_customer_limit, budget))


def count_orders(window: Window) -> int:
    """Return how many orders a run over these days looks at."""
    start, end = window.moments()
    return db.session.scalar(select(func.count()).select_from(Order).where(*_in(start, end))) or 0


def days_of_orders() -> Window | None:
    """Return the days of the first and the last order; None in a shop that has sold nothing yet."""
    first, last = db.session.execute(select(func.min(Order.placed_at), func.max(Order.placed_at))).one()
    if first is None:
        return None
    zone = ZoneInfo(get_settings().timezone)
    return Window(first.astimezone(zone).date(), last.astimezone(zone).date())


def gift_costs(considered: Iterable[Promotion]) -> Mapping[str, int]:
    """Return what a piece of each gift costs the shop, by SKU in minor units, where that is known."""
    skus = {sku for each in considered if isinstance(each.benefit, Gift) for sku in each.benefit.skus}
    if not skus:
        return {}
    rows = db.session.execute(
        select(Variant.sku, Variant.cost_minor).where(Variant.sku.in_(skus), Variant.cost_minor.is_not(None))
    )
    return {row.sku: int(row.cost_minor) for row in rows if row.cost_minor is not None}


def list_past_orders(window: Window, considered: Sequence[Promotion]) -> Iterator[tuple[PastOrder, ...]]:
    """Yield the orders of these days, a chunk at a time; cancelled ones are left out.

    Goods are judged by what they are today (category, brand, collections, cost), prices are those of the day. What was
    a gift then is not part of it. Gifts of the `considered` promotions are there in plenty.
    """
    currency = get_settings().currency
    sold = _Sold(_goods(), currency)
    people = _people()
    stock = tuple(
        GiftStock(each.sku, PLENTY, each.value, each.product_id)
        for each in gift_goods(considered, currency=currency).values()
    )
    start, end = window.moments()
    zone = start.tzinfo
    before = _orders_before(start)
    after: tuple[datetime, int] | None = None
    while True:
        rows = _read_orders(start, end, after)
        if not rows:
            return
        after = (rows[-1].placed_at, rows[-1].id)
        lines: dict[int, list[Any]] = {}
        for line in read(_LINES, {"ids": [row.id for row in rows]}):
            lines.setdefault(line[0], []).append(line)
        orders = []
        for row in rows:
            if row.id in lines:
                bought, cost = sold.bought(lines[row.id])
                snapshot = Snapshot(
                    now=row.placed_at.astimezone(zone),
                    currency=currency,
                    lines=bought,
                    shopper=_shopper(row, people, before),
                    delivery=Delivery(row.shipping_method_code, Money(row.shipping_minor, currency)),
                    gifts=stock,
                )
                whose = f"email:{row.email}" if row.customer_id is None else f"customer:{row.customer_id}"
                orders.append(PastOrder(snapshot, whose, cost))
        yield tuple(orders)


def get_run(run_id: int) -> Simulation:
    """Return a run as it stands in the database, or NotFound."""
    found = db.session.get(Simulation, run_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def list_runs(promotion_id: int) -> Sequence[Simulation]:
    """Return the runs of a promotion, the latest first."""
    return db.session.scalars(
        select(Simulation).where(Simulation.promotion_id == promotion_id).order_by(Simulation.id.desc()).limit(50)
    ).all()


def list_done_elsewhere(promotion_id: int) -> Sequence[Simulation]:
    """Return the latest finished run of each other promotion, the latest first."""
    latest = (
        select(func.max(Simulation.id))
        .where(Simulation.promotion_id != promotion_id, Simulation.status == RunStatus.DONE)
        .group_by(Simulation.promotion_id)
    )
    return db.session.scalars(
        select(Simulation).where(Simulation.id.in_(latest)).order_by(Simulation.id.desc()).limit(20)
    ).all()


@dataclass(frozen=True, slots=True)
class _Goods:
    """What a promotion may ask of a variant today, and what one piece costs the shop."""

    product_id: int
    brand_id: int | None
    category_ids: frozenset[int]
    collection_ids: frozenset[int]
    attributes: frozenset[str]
    minimum_minor: int | None
    cost_minor: int | None


_NOBODY = _Goods(0, None, frozenset(), frozenset(), frozenset(), None, None)
_VARIANTS = (
    select(
        Variant.id,
        Variant.product_id,
        Variant.minimum_price_minor,
        Variant.cost_minor,
        Product.brand_id,
        Category.path,
    )
    .join(Product, Product.id == Variant.product_id)
    .join(Category, Category.id == Product.category_id)
)
_LINES = (
    select(
        OrderLine.order_id,
        OrderLine.variant_id,
        OrderLine.sku,
        OrderLine.quantity,
        OrderLine.unit_price_minor,
        OrderLine.price_source,
    )
    .where(OrderLine.order_id.in_(bindparam("ids", expanding=True)), ~OrderLine.is_gift)
    .order_by(OrderLine.order_id, OrderLine.id)
)
_SAME = slice(1, None)
"""The part of such a row in which two equal lines of different orders are the same."""


def _in(start: datetime, end: datetime) -> tuple[ColumnElement[bool], ...]:
    return Order.placed_at >= start, Order.placed_at < end, Order.status != OrderStatus.CANCELLED, WAS_CHOSEN


def _read_orders(start: datetime, end: datetime, after: tuple[datetime, int] | None) -> Sequence[Any]:
    statement = select(
        Order.id, Order.placed_at, Order.customer_id, Order.email, Order.shipping_minor, Order.shipping_method_code
    ).where(*_in(start, end))
    if after is not None:
        at, number = after
        statement = statement.where(or_(Order.placed_at > at, and_(Order.placed_at == at, Order.id > number)))
    return db.session.execute(statement.order_by(Order.placed_at, Order.id).limit(CHUNK)).all()


def _goods() -> Mapping[int, _Goods]:
    rows = read(_VARIANTS, {}).all()
    marks = marks_of(row.product_id for row in rows)
    paths = {path: frozenset(int(part) for part in path.strip("/").split("/")) for path in {r.path for r in rows}}
    return {
        row.id: _Goods(
            row.product_id,
            row.brand_id,
            paths[row.path],
            marks[row.product_id].collection_ids,
            marks[row.product_id].attributes,
            row.minimum_price_minor,
            row.cost_minor,
        )
        for row in rows
    }


def _people() -> Mapping[int, tuple[str, frozenset[str]]]:
    rows = db.session.execute(select(Customer.id, Customer.tier, Customer.groups))
    return {row.id: (row.tier, frozenset(row.groups or ())) for row in rows}


def _orders_before(start: datetime) -> dict[int, int]:
    rows = db.session.execute(
        select(Order.customer_id, func.count())
        .where(
            Order.placed_at < start, Order.status != OrderStatus.CANCELLED, Order.customer_id.is_not(None), WAS_CHOSEN
        )
        .group_by(Order.customer_id)
    )
    return {customer_id: count for customer_id, count in rows if customer_id is not None}


def _shopper(row: Any, people: Mapping[int, tuple[str, frozenset[str]]], before: dict[int, int]) -> Shopper:
    """Return who bought, with the orders that they had placed by then; counts this one."""
    if row.customer_id is None:
        return Shopper()
    tier, groups = people.get(row.customer_id, ("", frozenset()))
    count = before.get(row.customer_id, 0)
    before[row.customer_id] = count + 1
    return Shopper(known=True, tier=tier, groups=groups, order_count=count)


class _Sold:
    """Lines of past orders as lines of a snapshot. Most are bought again and again, so each is made but once."""

    def __init__(self, goods: Mapping[int, _Goods], currency: str) -> None:
        self._goods, self._currency = goods, currency
        self._made: dict[tuple[Any, ...], tuple[SnapshotLine, int | None]] = {}

    def bought(self, rows: Sequence[Any]) -> tuple[tuple[SnapshotLine, ...], Money | None]:
        """Return the lines of one order, and what they had cost; None where that is not known of one of them."""
        made = self._made
        found = [made.get(row[_SAME]) or self._make(row) for row in rows]
        lines = [line for line, _ in found]
        if len({line.line_id for line in lines}) < len(lines):
            lines = [replace(line, line_id=f"{line.sku}@{number}") for number, line in enumerate(lines)]
        costs = [cost for _, cost in found if cost is not None]
        return tuple(lines), Money(sum(costs), self._currency) if len(costs) == len(found) else None

    def _make(self, row: Any) -> tuple[SnapshotLine, int | None]:
        own, currency = self._goods.get(row.variant_id, _NOBODY), self._currency
        line = SnapshotLine(
            line_id=row.sku,
            sku=row.sku,
            quantity=row.quantity,
            unit_price=Money(row.unit_price_minor, currency),
            price_source=PriceSource(row.price_source),
            minimum_price=None if own.minimum_minor is None else Money(own.minimum_minor, currency),
            product_id=own.product_id,
            brand_id=own.brand_id,
            category_ids=own.category_ids,
            collection_ids=own.collection_ids,
            attributes=own.attributes,
        )
        found = line, None if own.cost_minor is None else own.cost_minor * row.quantity
        if len(self._made) < MOST_KEPT:
            self._made[row[_SAME]] = found
        return found
