"""What a press of the button counts as: an order for the pace, a refusal for the operators."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.inventory.models import StockLevel
from storefront.kernel.clock import now
from storefront.telemetry.meters import REGISTRY
from storefront.web.pacing import Pace
from tests import factories
from tests.storefront.checkout.desk import open_shop, order, with_cart
from tests.storefront.checkout.test_shown_again import NOTE, is_whole


def test_orders_count_for_the_pace_and_refused_or_repeated_presses_do_not(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shop(app)
    monkeypatch.setitem(app.config, "SHOP", replace(app.config["SHOP"], rate_limits=True))
    monkeypatch.setattr("storefront.checkout.views.pages.PLACING", Pace("test", alone=2, network=2, minutes=10))
    first, second = with_cart(app, 1), with_cart(app, 1)
    page = first.get("/checkout")
    with app.app_context(), transaction():
        db.session.execute(db.update(factories.Variant).values(price_minor=1100, updated_at=now()))
    assert [order(first, page).status for _ in range(3)] == [409] * 3
    page = first.get("/checkout")
    placed = [order(first, page) for _ in range(3)]
    assert order(second).status == 303
    refused = order(with_cart(app, 1), note=NOTE)
    assert refused.status == 429
    is_whole(refused)
    again = order(first, page)
    assert {(each.status, each.location) for each in (*placed, again)} == {(303, placed[0].location)}


def test_a_refusal_is_counted_once_also_where_it_leaves_no_page_to_show(app: Flask) -> None:
    def counted() -> float:
        labels = {"endpoint": "checkout.place", "reason": "OutOfStock"}
        return REGISTRY.get_sample_value("shop_refusals_total", labels) or 0

    open_shop(app)
    shopper = with_cart(app, 1)
    page = shopper.get("/checkout")
    with app.app_context(), transaction():
        db.session.execute(db.update(StockLevel).values(on_hand=0, updated_at=now()))
    before = counted()
    assert order(shopper, page).status == 409
    assert counted() - before == 1
