"""New rows past the unit of work."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError

from storefront.catalog.models import Brand, ProductMedia, Variant
from storefront.database.adding import add_new
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.database.watching import tally
from storefront.kernel.clock import now
from tests.factories import make_brand, make_product


def _pictures(product_id: int, *alts: str) -> list[ProductMedia]:
    return [
        ProductMedia(product_id=product_id, picture=f"generated:1f34e-120-{number}", alt=alt, position=number)
        for number, alt in enumerate(alts)
    ]


def _stored() -> Sequence[tuple[int, str]]:
    return db.session.execute(select(ProductMedia.id, ProductMedia.alt).order_by(ProductMedia.id)).all()


def test_rows_are_stored_in_their_order_by_one_statement_and_known_without_reading(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            pictures = _pictures(make_product("Tea").id, "front", "back", "top")
            tally.begin()
            add_new(pictures)
            assert tally.statements == 1
            assert [picture.alt for picture in pictures] == ["front", "back", "top"]
            assert pictures[0].translations == {}
            assert tally.statements == 1
            assert all(inspect(picture).persistent for picture in pictures)
        assert _stored() == [(picture.id, picture.alt) for picture in pictures]


def test_a_row_that_is_changed_later_is_updated(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            first, second = _pictures(make_product("Tea").id, "front", "back")
            add_new([first, second])
            second.alt = "side"
        assert _stored() == [(first.id, "front"), (second.id, "side")]


def test_rows_that_fill_other_columns_have_their_defaults_and_nothing_else(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            product = make_product("Tea")
            shared = {"product_id": product.id, "price_minor": 100, "updated_at": now()}
            plain = Variant(sku="plain", name="", position=1, **shared)
            full = Variant(sku="full", position=2, compare_at_minor=150, **shared)
            add_new([plain, full])
            assert (plain.compare_at_minor, plain.cost_minor) == (None, None)
        kept = (plain.id, full.id, plain.is_active, plain.options, full.name)
        db.session.expire_all()
        assert (plain.id, full.id, plain.is_active, plain.options, full.name) == kept
        assert (plain.compare_at_minor, full.compare_at_minor) == (None, 150)


def test_what_is_rolled_back_was_never_there(any_app: Flask) -> None:
    with any_app.app_context():
        with pytest.raises(ZeroDivisionError), transaction():
            add_new(_pictures(make_product("Tea").id, "front"))
            1 / 0  # noqa: B018
        assert _stored() == []


def test_a_row_that_the_database_refuses_leaves_nothing_of_its_kind(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            make_brand("Oat", slug="oat")
        with pytest.raises(IntegrityError), transaction():
            add_new([Brand(name="Rye", slug="rye"), Brand(name="Oats", slug="oat")])
        assert db.session.scalars(select(Brand.slug)).all() == ["oat"]


def test_no_rows_are_no_statement(app: Flask) -> None:
    with app.app_context(), transaction():
        tally.begin()
        add_new([])
        assert tally.statements == 0
