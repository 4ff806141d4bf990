"""What delivery costs, whom it reaches, when it arrives."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.money import Money
from storefront.shipping import queries
from storefront.shipping.errors import NoDelivery
from storefront.shipping.models import ShippingMethod, ShippingZone
from storefront.shipping.rules import DeliveryDays, Destination, FreightTemplate, Load, delivery_days, freight, zone_for
from tests import factories


def usd(minor: int) -> Money:
    return Money(minor, "USD")


BY_WEIGHT = FreightTemplate(usd(500), 1000, 500, usd(150), usd(5000))


@pytest.mark.parametrize(
    ("template", "grams", "goods", "cost"),
    [
        (BY_WEIGHT, 0, 100, 500),
        (BY_WEIGHT, 1000, 100, 500),
        (BY_WEIGHT, 1001, 100, 650),
        (BY_WEIGHT, 1500, 100, 650),
        (BY_WEIGHT, 1501, 100, 800),
        (BY_WEIGHT, 10_000, 100, 500 + 18 * 150),
        (BY_WEIGHT, 10_000, 4999, 500 + 18 * 150),
        (BY_WEIGHT, 10_000, 5000, 0),
        (FreightTemplate(usd(500)), 90_000, 100, 500),
        (FreightTemplate(usd(500), 1000, 0, usd(150)), 90_000, 100, 500),
        (FreightTemplate(usd(0)), 90_000, 0, 0),
        (FreightTemplate(usd(500), free_from=usd(0)), 1, 0, 0),
    ],
)
def test_freight(template: FreightTemplate, grams: int, goods: int, cost: int) -> None:
    assert freight(template, weight_grams=grams, goods=usd(goods)) == usd(cost)


@given(st.integers(0, 50_000), st.integers(0, 50_000))
def test_a_heavier_parcel_never_costs_less(light: int, more: int) -> None:
    def cost(grams: int) -> Money:
        return freight(BY_WEIGHT, weight_grams=grams, goods=usd(1))

    assert cost(light) <= cost(light + more)


def test_nonsense_templates_cannot_exist() -> None:
    for values in ({"price": usd(-1)}, {"first_weight_grams": -1}, {"additional_price": usd(-1)}):
        with pytest.raises(ValueError, match="not negative"):
            FreightTemplate(**{"price": usd(1), **values})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not negative"):
        freight(BY_WEIGHT, weight_grams=-1, goods=usd(0))


def test_parcels_rest_on_sundays() -> None:
    friday = date(2026, 11, 20)
    assert delivery_days(friday, min_days=1, max_days=3) == DeliveryDays(date(2026, 11, 21), date(2026, 11, 24))
    assert delivery_days(friday, min_days=0, max_days=0) == DeliveryDays(friday, friday)
    with pytest.raises(ValueError, match="between"):
        delivery_days(friday, min_days=3, max_days=1)


def test_a_zone_that_names_the_country_goes_before_the_rest_of_the_world() -> None:
    zones = [(1, ["*"]), (2, ["DE", "FR"])]
    assert zone_for("FR", zones) == 2
    assert zone_for("US", zones) == 1
    assert zone_for("US", zones[1:]) is None


def test_offers_for_a_parcel(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        world = factories.make_shipping(2000)
        home = factories.make_shipping(500, free_from=3000, countries=("US",))
        home.additional_weight_grams, home.first_weight_grams, home.additional_price_minor = 1000, 1000, 100
        session.add(
            ShippingMethod(
                zone_id=home.zone_id, code="express", name="Express", translations={}, price_minor=1500, position=1
            )
        )
        codes = home.code, world.code
    with app.app_context():
        load = Load(2500, 3, usd(2999))
        assert [(o.code, o.price) for o in queries.list_offers(Destination("US"), load)] == [
            (codes[0], usd(700)),
            ("express", usd(1500)),
        ]
        assert [(o.code, o.price) for o in queries.list_offers(Destination("CN"), load)] == [(codes[1], usd(2000))]
        assert queries.get_offer(codes[0], Destination("US"), Load(2500, 3, usd(3000))).price == usd(0)
        with pytest.raises(NoDelivery):
            queries.get_offer("express", Destination("CN"), load)


def test_countries_that_can_be_reached(app: Flask) -> None:
    known = frozenset({"US", "CN", "FR"})
    with app.app_context():
        with transaction():
            factories.make_shipping(countries=("US", "XX"))
        assert queries.list_countries(known) == {"US"}
        with transaction():
            factories.make_shipping(countries=("*",))
        assert queries.list_countries(known) == known
        with transaction():
            db.session.execute(db.update(ShippingMethod).values(is_active=False))
        assert queries.list_countries(known) == frozenset()
        assert queries.list_offers(Destination("US"), Load(1, 1, usd(1))) == []
        assert db.session.scalar(db.select(db.func.count()).select_from(ShippingZone)) == 2
