"""A claim on several shelves is made whole or not at all."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.inventory import levels
from storefront.inventory.levels import Cause
from storefront.inventory.models import StockLevel, StockMovement
from storefront.inventory.rules import Pick
from storefront.kernel.clock import now
from tests.factories import main_warehouse, make_product, variant_of


@pytest.mark.parametrize("wanted", [(2, 9), (9, 2), (9,)])
def test_a_claim_that_fails_on_one_shelf_leaves_no_trace_on_any(any_app: Flask, wanted: tuple[int, ...]) -> None:
    with any_app.app_context():
        with transaction():
            variants = [variant_of(make_product(stock=5)).id for _ in wanted]
            here = main_warehouse().id
        picks = [Pick(variant, here, pieces) for variant, pieces in zip(variants, wanted, strict=True)]
        before = db.session.scalar(db.select(db.func.count()).select_from(StockMovement))
        with transaction():
            assert not levels.claim(picks, levels.RESERVE, Cause("7KQM-3XPD", "guest", now()))
        assert set(db.session.scalars(db.select(StockLevel.reserved))) == {0}
        assert db.session.scalar(db.select(db.func.count()).select_from(StockMovement)) == before
