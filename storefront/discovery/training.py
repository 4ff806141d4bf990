"""Orders as the recommender wants to read them, and one training from them, with its record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, func, select

from recommend import Interactions, Items, TrainingBusy
from recommend.gate import Outcome, train_and_publish, validate
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery import trainings
from storefront.discovery.recommending import holder
from storefront.discovery.trainings import Result
from storefront.kernel.clock import now
from storefront.orders.following_up import WAS_CHOSEN
from storefront.orders.models import Order, OrderLine
from storefront.orders.states import OrderStatus

ROWS_AT_ONCE = 100_000
NOBODY = -1


def train_recommender(
    *, as_of: datetime, by: str = "system", run_id: int = 0, progress: Callable[[str], None] = lambda _step: None
) -> Outcome:
    """Train from the orders before `as_of`, publish what the gate lets through, and keep a record of it.

    `run_id` is the record of a training that somebody asked for. Raises TrainingBusy while another training is at work
    (a training that nobody asked for then leaves no record), and ArtefactError when the result cannot be written.
    """
    with transaction():
        number = trainings.begin_training(run_id=run_id, by=by, as_of=as_of, at=now())
    held, began = holder(), process_time()
    try:
        history, goods = read_history(as_of), read_goods()
        outcome = train_and_publish(held.directory, history, goods, as_of=as_of, trained_at=now(), progress=progress)
    except BaseException as error:
        db.session.rollback()
        with transaction():
            if isinstance(error, TrainingBusy) and not run_id:
                trainings.forget_training(number)
            else:
                trainings.fail_training(run_id=number, error=str(error) or repr(error), at=now())
        raise
    held.look_again()
    with transaction():
        trainings.end_training(run_id=number, result=_result(outcome, process_time() - began), at=now())
    return outcome


def evaluate_recommender(as_of: datetime) -> Mapping[str, Any]:
    """Return how tables trained now would have done on the last weeks, by surface; nothing is published."""
    return validate(read_history(as_of), read_goods(), as_of)


def read_history(before: datetime) -> Interactions:
    """Return every line of the orders placed before a moment, cancelled ones left out; guests are anonymous.

    What came as a gift or in place of what came back was not chosen, so it teaches nothing.
    """
    placed = (
        db.session.connection()
        .execute(
            select(Order.id, func.coalesce(Order.customer_id, NOBODY), Order.placed_at)
            .where(Order.placed_at < before, Order.status != OrderStatus.CANCELLED, WAS_CHOSEN)
            .order_by(Order.id)
        )
        .all()
    )
    orders = np.array([row[0] for row in placed], np.int64)
    customers = np.array([row[1] for row in placed], np.float64)
    customers[customers == NOBODY] = np.nan
    times = np.array([row[2].replace(tzinfo=None) for row in placed], "datetime64[s]")
    del placed
    order, product, quantity = _columns(
        select(OrderLine.order_id, OrderLine.product_id, OrderLine.quantity).where(
            OrderLine.product_id.is_not(None), ~OrderLine.is_gift
        )
    )
    at = np.searchsorted(orders, order)
    there = at < len(orders)
    there[there] = orders[at[there]] == order[there]
    at = at[there]
    return Interactions.of(
        user=customers[at], item=product[there], basket=order[there], timestamp=times[at], quantity=quantity[there]
    )


def read_goods() -> Items:
    """Return the published products with product type, category and lowest price."""
    rows = db.session.execute(
        select(Product.id, Product.product_type, Product.category_id, func.min(Variant.price_minor))
        .join(Variant, Variant.product_id == Product.id)
        .where(Product.is_published, Variant.is_active)
        .group_by(Product.id, Product.product_type, Product.category_id)
    ).all()
    return Items.of(
        item=np.array([row[0] for row in rows], np.int64),
        product_type=[row[1] or None for row in rows],
        category=np.array([row[2] for row in rows], np.int64),
        price=np.array([row[3] for row in rows], np.float32),
    )


def _result(outcome: Outcome, cpu_seconds: float) -> Result:
    manifest = outcome.manifest
    return Result(
        version=manifest.version if manifest else "",
        reasons=tuple(outcome.refusals),
        remarks=tuple(getattr(outcome, "remarks", ())),
        counts=manifest.counts if manifest else {},
        metrics=trainings.metrics_of(outcome.report),
        cpu_seconds=cpu_seconds,
    )


def _columns(statement: Select[int, int | None, int]) -> tuple[NDArray[np.int64], ...]:
    """Read three columns of whole numbers in slices: a year of lines never stands in memory as Python objects."""
    found = db.session.connection().execute(statement, execution_options={"yield_per": ROWS_AT_ONCE})
    slices = [_block(part) for part in found.partitions()]
    whole = np.concatenate(slices) if slices else _block([])
    return whole[:, 0], whole[:, 1], whole[:, 2]


def _block(rows: Sequence[Iterable[Any]]) -> NDArray[np.int64]:
    return np.fromiter(chain.from_iterable(rows), np.int64, 3 * len(rows)).reshape(-1, 3)
