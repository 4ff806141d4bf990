"""Offers of a shop: what is quoted, whom nobody reaches, and why."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import after_commit, transaction
from storefront.kernel.money import Money
from storefront.shipping import queries
from storefront.shipping.errors import NoDelivery, NotReached, RegionNeeded, TooHeavy
from storefront.shipping.models import ShippingMethod, ShippingZone
from storefront.shipping.rules import Destination, Load
from tests import factories

KNOWN = frozenset({"US", "CN", "FR", "KP"})


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def zone(places: tuple[str, ...], without: tuple[str, ...] = (), **method: Any) -> str:
    """Add a zone with a method and return the method's code."""
    row = factories.make_shipping(method.pop("price", 500), countries=places)
    for key, value in method.items():
        setattr(row, key, value)
    db.session.get_one(ShippingZone, row.zone_id).excluded = list(without)
    db.session.flush()
    after_commit(queries.forget)
    return row.code


def codes(destination: Destination, load: Load) -> list[str]:
    return [offer.code for offer in queries.quote(destination, load).offers]


LOAD = Load(2500, 3, usd(2999))


def test_offers_for_a_load(any_app: Flask) -> None:
    with any_app.app_context(), transaction() as session:
        world = zone(("*",), price=2000)
        weighed = {"first_units": 1000, "additional_units": 1000, "additional_price_minor": 100}
        home = zone(("US",), free_from_minor=3000, **weighed)
        zone_id = session.scalar(db.select(ShippingMethod.zone_id).filter_by(code=home))
        method = {"name": "Express", "translations": {}, "price_minor": 1500, "position": 1}
        session.add(ShippingMethod(zone_id=zone_id, code="express", **method))
    with any_app.app_context():
        offers = queries.quote(Destination("US", "NY"), LOAD).offers
        assert [(offer.code, offer.price) for offer in offers] == [(home, usd(700)), ("express", usd(1500))]
        assert codes(Destination("CN"), LOAD) == [world]
        assert queries.get_offer(home, Destination("US"), Load(2500, 3, usd(3000))).price == usd(0)
        with pytest.raises(NoDelivery) as refused:
            queries.get_offer("express", Destination("CN"), LOAD)
        assert "choose another delivery method" in str(refused.value)


def test_each_reason_for_no_delivery_has_words_of_its_own(app: Flask) -> None:
    with app.app_context(), transaction():
        zone(("CN-广东省",), most_grams=2000)
        zone(("US",), without=("US-AK",))
    with app.test_request_context():
        for destination, kind, words in (
            (Destination("CN", "广东省", "深圳市"), TooHeavy, "2.5 kg, and at most 2 kg go at once"),
            (Destination("CN"), RegionNeeded, "Please choose the province"),
            (Destination("CN", "四川省"), NotReached, "We do not deliver to Sichuan, China yet"),
            (Destination("US", "AK"), NotReached, "We do not deliver to Alaska, United States yet"),
            (Destination("FR"), NotReached, "We do not deliver to France yet"),
        ):
            with pytest.raises(kind) as refused:
                queries.get_offer("any", destination, LOAD)
            assert words in str(refused.value)


def test_countries_that_can_be_reached(app: Flask) -> None:
    with app.app_context():
        with transaction():
            zone(("US", "XX"))
        assert queries.list_countries(KNOWN) == {"US"}
        with transaction():
            zone(("CN-广东省",))
        assert queries.list_countries(KNOWN) == {"US", "CN"}
        with transaction():
            zone(("*",), without=("KP",))
        assert queries.list_countries(KNOWN) == {"US", "CN", "FR"}
        with transaction():
            db.session.execute(db.update(ShippingMethod).values(is_active=False))
            after_commit(queries.forget)
        assert queries.list_countries(KNOWN) == frozenset()
        assert queries.quote(Destination("US"), LOAD).offers == ()


def test_a_zone_without_a_method_keeps_its_places_and_one_that_is_off_does_not(app: Flask) -> None:
    with app.app_context():
        with transaction():
            world = zone(("*",))
            zone(("FR",), is_active=False)
        assert codes(Destination("FR"), LOAD) == []
        with transaction():
            db.session.execute(db.update(ShippingZone).where(ShippingZone.id > 1).values(is_active=False))
            after_commit(queries.forget)
        assert codes(Destination("FR"), LOAD) == [world]


def test_places_that_nobody_delivers_to(app: Flask) -> None:
    with app.app_context():
        with transaction():
            zone(("CN",), without=("CN-西藏自治区",), excluded=["CN-海南省"])
            zone(("US-NY",))
        found = queries.unserved(KNOWN)
        assert {"CN-西藏自治区", "CN-海南省", "US-CA", "FR", "KP"} <= set(found)
        assert not {"CN", "US", "US-NY", "CN-广东省"} & set(found)
