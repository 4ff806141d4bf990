"""What was bought because of a search: once, by the order lines as they were sold, and not for cancelled orders."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import time_machine
from flask import Flask

from storefront.analytics.events import PurchaseRestored, PurchaseShrunk, PurchaseUndone, Sold
from storefront.analytics.recording import record_for
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.events import publish
from storefront.kernel.money import Money
from storefront.orders import queries as orders
from storefront.orders import services
from storefront.orders.events import OrderPlaced
from storefront.orders.models import Order
from storefront.orders.states import CancelReason
from tests.browser import Shopper
from tests.factories import make_promotion
from tests.storefront.analytics.reading import click, purchases, search_of, searches
from tests.storefront.analytics.reading import orders as counted
from tests.storefront.checkout.desk import order
from tests.storefront.returns.goods import delivered, give_back, pay

TENTH_OFF = {"kind": "percent_off", "basis_points": 1000}


def bought(shopper: Shopper, *skus: str) -> None:
    for sku in skus:
        assert shopper.post("/cart/lines", {"sku": sku, "quantity": "2"}).status == 303
    assert order(shopper).status == 303


def revenues(app: Flask) -> list[int]:
    return [row.revenue_minor for row in searches(app)]


def the_order() -> Order:
    return db.session.scalars(db.select(Order)).one()


def test_revenue_goes_to_the_last_search_that_led_to_the_product(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    for query, product in (("tea", "white"), ("white tea", "white"), ("tea", "green")):
        click(shopper, search_of(shopper.get(f"/search?q={query}")), searched.ids[product])
    bought(shopper, "WHITE-1", "GREEN-1", "CUP-1")
    tea, white, _again = searches(searched.app)
    found = {(row.search_id, row.product_id): (row.quantity, row.revenue_minor) for row in purchases(searched.app)}
    assert found == {(white.id, searched.ids["white"]): (2, 1400), (tea.id, searched.ids["green"]): (2, 1000)}
    assert revenues(searched.app) == [1000, 1400, 0]


def test_revenue_is_what_was_paid_after_discounts(searched: SimpleNamespace) -> None:
    with searched.app.app_context(), transaction():
        make_promotion(conditions=[], benefits=[TENTH_OFF])
    shopper = Shopper(searched.app)
    click(shopper, search_of(shopper.get("/search?q=tea")), searched.ids["white"])
    bought(shopper, "WHITE-1")
    assert revenues(searched.app) == [1260]


def test_an_addition_is_enough_and_others_get_nothing(searched: SimpleNamespace) -> None:
    shopper, other = Shopper(searched.app), Shopper(searched.app)
    for each in (shopper, other):
        search = search_of(each.get("/search?q=tea"))
    shopper.post("/cart/lines", {"sku": "WHITE-1"}, headers={"Referer": "http://localhost/search?q=tea"})
    assert order(shopper).status == 303
    bought(Shopper(searched.app), "WHITE-1")
    assert search
    assert revenues(searched.app) == [700, 0]


def test_a_week_later_it_counts_no_more(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    with time_machine.travel(now(), tick=False) as clock:
        click(shopper, search_of(shopper.get("/search?q=tea")), searched.ids["white"])
        clock.shift(timedelta(days=7, seconds=1))
        bought(shopper, "WHITE-1")
    assert purchases(searched.app) == []


def test_an_order_told_of_twice_counts_once(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    click(shopper, search_of(shopper.get("/search?q=tea")), searched.ids["white"])
    page = shopper.get("/cart")
    bought(shopper, "WHITE-1")
    visitor = searches(searched.app)[0].visitor
    cookie = {"Cookie": f"visitor={visitor}"}
    with searched.app.test_request_context("/", headers={**cookie, "User-Agent": "Firefox"}):
        with transaction():
            publish(OrderPlaced(the_order().id, the_order().number, None))
        response = searched.app.process_response(searched.app.make_response(""))
    response.close()
    assert page.status == 200
    assert revenues(searched.app) == [1400]


def test_a_cancelled_order_takes_its_revenue_back_and_one_that_is_opened_again_gives_it(
    searched: SimpleNamespace,
) -> None:
    shopper = Shopper(searched.app)
    with time_machine.travel(now(), tick=False) as clock:
        click(shopper, search_of(shopper.get("/search?q=tea")), searched.ids["white"])
        bought(shopper, "WHITE-1")
        with searched.app.app_context():
            with transaction():
                clock.shift(timedelta(hours=1))
                services.cancel_order(order=the_order(), by="system", at=now(), reason=CancelReason.NOT_PAID)
            assert revenues(searched.app) == [0]
            with transaction():
                amount = Money(the_order().total_minor, "USD")
                services.record_payment(order=the_order(), amount=amount, provider="sandbox", by="sandbox", at=now())
            assert orders.get_whole(the_order().id).status == "open"
    assert revenues(searched.app) == [1400]
    assert [row.is_undone for row in purchases(searched.app)] == [False]


def test_an_order_that_was_rolled_back_is_not_told_of(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    click(shopper, search_of(shopper.get("/search?q=tea")), searched.ids["white"])
    shopper.post("/cart/lines", {"sku": "WHITE-1", "quantity": "2"})
    form = shopper.get("/checkout")
    with searched.app.app_context(), transaction():
        db.session.execute(db.text("UPDATE stock_level SET on_hand = 0"))
    assert order(shopper, form).status == 409
    assert purchases(searched.app) == []
    assert revenues(searched.app) == [0]


def set_costs(app: Flask, **costs: int | None) -> None:
    with app.app_context(), transaction():
        for sku, cost in costs.items():
            query = db.text("UPDATE variant SET cost_minor = :cost WHERE sku = :sku")
            db.session.execute(query, {"cost": cost, "sku": f"{sku.upper()}-1"})


def test_every_order_is_counted_whoever_searched(searched: SimpleNamespace) -> None:
    set_costs(searched.app, white=200, cup=450, green=None)
    bought(Shopper(searched.app), "WHITE-1", "CUP-1")
    shopper = Shopper(searched.app)
    search_of(shopper.get("/search?q=tea"))
    bought(shopper, "WHITE-1", "GREEN-1")
    (visitor,) = {row.visitor for row in searches(searched.app)}
    found = [(row.visitor, row.revenue_minor, row.cost_minor, row.quantity) for row in counted(searched.app)]
    assert found == [(None, 3200, 1300, 4), (visitor, 2400, None, 4)], "a cost that is not known is not nothing"


def test_an_order_of_the_shops_own_people_or_of_a_robot_is_not_counted(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    shopper.client.environ_base["HTTP_USER_AGENT"] = "Examplebot/1.0"
    bought(shopper, "WHITE-1")
    assert counted(searched.app) == []


def test_a_cancelled_order_is_marked_and_counts_again_when_it_is_opened_again(searched: SimpleNamespace) -> None:
    bought(Shopper(searched.app), "CUP-1")
    with searched.app.app_context():
        number = the_order().number
        for event, undone in ((PurchaseUndone(number), True), (PurchaseRestored(number), False)):
            record_for("", event)
            record_for("", event)
            assert [row.is_undone for row in counted(searched.app)] == [undone]
        record_for("", PurchaseUndone("never-seen"))


def test_goods_that_come_back_take_their_revenue_and_the_order_goes_on_counting(searched: SimpleNamespace) -> None:
    set_costs(searched.app, white=200)
    shopper = Shopper(searched.app)
    click(shopper, search_of(shopper.get("/search?q=tea")), searched.ids["white"])
    bought(shopper, "WHITE-1")
    with searched.app.app_context():
        number = the_order().number
        line = orders.get_whole(the_order().id).lines[0].id
        with transaction():
            pay(the_order())
        delivered(number)
        for left in ((1, 700, 200), (0, 0, 0)):
            give_back(number, {line: 1})
            assert revenues(searched.app) == [left[1]]
            assert [(row.quantity, row.revenue_minor, row.is_undone) for row in purchases(searched.app)] == [
                (*left[:2], False)
            ]
            assert [(row.quantity, row.revenue_minor, row.cost_minor) for row in counted(searched.app)] == [left]
        late = PurchaseShrunk(number, (Sold(searched.ids["white"], 1, 700),))
        record_for("", late)
        assert revenues(searched.app) == [0], "what is told late changes nothing"
