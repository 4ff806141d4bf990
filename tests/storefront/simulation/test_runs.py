"""Runs over the orders of a shop: asked for, worked on, stopped, failed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.jobs import queue
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.orders.models import Order
from storefront.orders.states import OrderStatus
from storefront.pricing.snapshot import Stage
from storefront.promotions.models import Promotion as PromotionRow
from storefront.promotions.rules import (
    CountLadder,
    CountRung,
    NthItem,
    Promotion,
    Result,
    Rung,
    SpendLadder,
    evaluate,
)
from storefront.simulation import jobs, queries, services
from storefront.simulation.errors import BadWindow, NoOrders, RunsAlready
from storefront.simulation.models import Simulation
from storefront.simulation.queries import Window
from storefront.simulation.rules import Figures, prepared
from storefront.simulation.states import RunStatus
from tests import factories
from tests.storefront.checkout.desk import buy, open_shop

TEN_OFF = [{"kind": "amount_off", "amount_minor": 1000}]


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def a_draft(app: Flask, **values: object) -> Promotion:
    """A draft that takes 10.00 off any order, as the database has it."""
    with app.app_context(), transaction():
        row = factories.make_promotion(**{"conditions": [], "benefits": TEN_OFF, "is_active": False, **values})
        number = row.id
    with app.app_context():
        return read(number)


def read(number: int) -> Promotion:
    from storefront.promotions.reading import read_promotion  # noqa: PLC0415

    return read_promotion(db.session.get_one(PromotionRow, number), "USD")


def today() -> Window:
    day = now().date()
    return Window(day - timedelta(days=1), day + timedelta(days=1))


def ask(app: Flask, draft: Promotion, window: Window | None = None) -> int:
    with app.app_context(), transaction():
        return services.ask(draft=draft, window=window or today(), by="staff:1", at=now()).id


def run_of(app: Flask, run_id: int) -> Simulation:
    with app.app_context():
        return queries.get_run(run_id)


def test_a_run_counts_the_orders_that_were_placed(any_app: Flask) -> None:
    open_shop(any_app)
    buy(any_app)
    draft = a_draft(any_app)
    run_id = ask(any_app, draft)
    assert run_of(any_app, run_id).status == RunStatus.WAITING
    with any_app.app_context():
        jobs.replay_orders.call_local(run_id)
    run = run_of(any_app, run_id)
    assert (run.status, run.orders_done, run.orders_total) == (RunStatus.DONE, 1, 1)
    figures = Figures.from_data(run.figures)
    assert (figures.touched, figures.cost, figures.sales) == (1, 1000, 2500)


def test_a_cancelled_order_is_none(app: Flask) -> None:
    open_shop(app)
    buy(app)
    with app.app_context(), transaction():
        db.session.execute(db.update(Order).values(status=OrderStatus.CANCELLED))
    with pytest.raises(NoOrders):
        ask(app, a_draft(app))


def test_what_goes_out_in_place_of_what_came_back_is_none(app: Flask) -> None:
    open_shop(app)
    buy(app)
    with app.app_context(), transaction():
        db.session.execute(db.update(Order).values(idempotency_key="follow-N1-R1-1"))
    with pytest.raises(NoOrders):
        ask(app, a_draft(app))


def test_days_are_those_of_the_shop(app: Flask) -> None:
    with time_machine.travel("2026-03-01T18:00:00+00:00", tick=False):
        open_shop(app, timezone="Asia/Shanghai")
        buy(app)
    draft = a_draft(app)
    assert ask(app, draft, Window(date(2026, 3, 2), date(2026, 3, 2)))
    with pytest.raises(NoOrders):
        ask(app, a_draft(app), Window(date(2026, 3, 1), date(2026, 3, 1)))
    with app.app_context():
        assert queries.days_of_orders() == Window(date(2026, 3, 2), date(2026, 3, 2))


def test_the_last_day_is_not_before_the_first(app: Flask) -> None:
    open_shop(app)
    with pytest.raises(BadWindow):
        ask(app, a_draft(app), Window(date(2026, 3, 2), date(2026, 3, 1)))


def test_one_promotion_is_tried_once_at_a_time(app: Flask) -> None:
    open_shop(app)
    buy(app)
    draft = a_draft(app)
    ask(app, draft)
    with pytest.raises(RunsAlready):
        ask(app, draft)
    assert ask(app, a_draft(app))


def test_a_stopped_run_stays_stopped(app: Flask) -> None:
    open_shop(app)
    buy(app)
    run_id = ask(app, a_draft(app))
    with app.app_context(), transaction():
        assert services.begin(run_id=run_id, at=now())
        assert services.stop(run_id=run_id, by="staff:1", at=now())
        assert not services.progress(run_id=run_id, done=1, at=now())
        assert not services.finish(run_id=run_id, figures=Figures("USD"), at=now())
        assert not services.stop(run_id=run_id, by="staff:1", at=now())
    assert run_of(app, run_id).status == RunStatus.STOPPED
    with app.app_context():
        jobs.replay_orders.call_local(run_id)
    assert run_of(app, run_id).status == RunStatus.STOPPED


def test_a_run_that_breaks_says_so(app: Flask) -> None:
    open_shop(app)
    buy(app)
    run_id = ask(app, a_draft(app))
    with app.app_context(), transaction():
        db.session.execute(db.update(Simulation).values(draft={"currency": "USD"}))
    with app.app_context():
        jobs.replay_orders.call_local(run_id)
    run = run_of(app, run_id)
    assert run.status == RunStatus.FAILED
    assert run.error


def test_a_run_whose_worker_is_gone_is_given_up(app: Flask) -> None:
    open_shop(app)
    buy(app)
    run_id = ask(app, a_draft(app))
    with app.app_context():
        assert jobs.give_up_silent_runs.call_local() == 0
        with time_machine.travel(now() + timedelta(hours=1)):
            assert jobs.give_up_silent_runs.call_local() == 1
    assert run_of(app, run_id).status == RunStatus.FAILED


DRAFTS = (
    Promotion(901, "Ladder", "USD", SpendLadder((Rung(usd(3000), usd(300)), Rung(usd(6000), usd(900)))), Stage.ORDER),
    Promotion(902, "Half", "USD", NthItem(2, 5_000), Stage.ITEM),
    Promotion(903, "Many", "USD", CountLadder((CountRung(3, 1_000), CountRung(6, 2_000))), Stage.ITEM),
)


@pytest.mark.long
@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft.name)
def test_a_run_over_the_demo_is_the_sum_of_its_orders_evaluated_one_by_one(demo_app: Flask, draft: Promotion) -> None:
    draft = replace(draft, id=a_draft(demo_app).id)
    with demo_app.app_context():
        window = queries.days_of_orders()
        assert window is not None
        first = Window(window.first_day, window.first_day + timedelta(days=20))
    run_id = ask(demo_app, draft, first)
    queue.bind(demo_app)
    with demo_app.app_context():
        jobs.replay_orders.call_local(run_id)
    figures = Figures.from_data(run_of(demo_app, run_id).figures)
    cost = touched = orders = 0
    with demo_app.app_context():
        others = [prepared(each) for each in queries.others_than(draft.id)]
        costs = queries.gift_costs(others)

        def expense(result: Result) -> int:
            worth = sum(gift.unit_price.minor * gift.quantity for gift in result.gifts)
            return result.saved.minor - worth + sum(costs[gift.sku] * gift.quantity for gift in result.gifts)

        for chunk in queries.list_past_orders(first, (draft, *others)):
            for order in chunk:
                orders += 1
                after = evaluate(order.snapshot, [*others, draft])
                touched += any(each.promotion.id == draft.id for each in after.applied)
                cost += expense(after) - expense(evaluate(order.snapshot, others))
    assert orders == figures.orders > 100
    assert (figures.touched, figures.cost) == (touched, cost)
    assert touched > 10


def test_earlier_orders_are_counted_for_each_customer(demo_app: Flask) -> None:
    with demo_app.app_context():
        window = queries.days_of_orders()
        assert window is not None
        halves = (window, Window(window.first_day + timedelta(days=60), window.last_day))
        counts = []
        for each in halves:
            found = [order for chunk in queries.list_past_orders(each, ()) for order in chunk]
            assert [o.snapshot.now for o in found] == sorted(o.snapshot.now for o in found)
            counts.append({(o.customer, o.snapshot.now): o.snapshot.shopper.order_count for o in found})
    whole, later = counts
    assert later.items() <= whole.items()
    assert max(whole.values()) > 3
