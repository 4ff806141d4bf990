"""The demo's offers: every kind is there, can be read, means goods that there are, and nothing is out of step."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import func, select

from storefront.accounts.models import Customer, CustomerGroup
from storefront.catalog.collections import marks_of
from storefront.catalog.models import Category, Product, Variant
from storefront.database.base import db
from storefront.demo.flash import GOODS
from storefront.demo.front import CURRENCY
from storefront.demo.offers import COUPON, GUEST_CODE
from storefront.demo.people import SHOPPER
from storefront.demo.prices import CAFES, reduced
from storefront.flash.models import FlashItem, FlashSession
from storefront.inventory.models import StockLevel, Warehouse
from storefront.kernel.clock import now
from storefront.loyalty.models import Tier
from storefront.pricing.models import PriceEntry, PriceList
from storefront.pricing.queries import lowest_price
from storefront.promotions.models import CouponCode, CouponTemplate, Promotion
from storefront.promotions.reading import read_promotion
from storefront.promotions.rules import Promotion as Meant
from storefront.promotions.rules.serial import BENEFITS
from storefront.promotions.states import CouponWay
from storefront.promotions.wallet import open_codes
from storefront.shop.verifying import list_ledgers, verify


def _promotions() -> list[tuple[Promotion, Meant]]:
    return [(row, read_promotion(row, CURRENCY)) for row in db.session.scalars(select(Promotion))]


def test_every_kind_of_benefit_runs(demo_app: Flask) -> None:
    with demo_app.app_context():
        at = now()
        running = {
            meant.benefit.kind
            for row, meant in _promotions()
            if row.is_active and row.starts_at <= at and (row.ends_at is None or row.ends_at > at)  # type: ignore[operator]
        }
    assert running == set(BENEFITS)


def test_there_is_one_of_each_state_and_audience(demo_app: Flask) -> None:
    with demo_app.app_context():
        at, all_ = now(), _promotions()
        assert [row.key for row, _ in all_ if not row.is_active and row.activated_at is None] == ["seafood-friday"]
        assert [row.key for row, _ in all_ if not row.is_active and row.activated_at] == ["deli-salads"]
        assert [row.key for row, _ in all_ if row.starts_at and row.starts_at > at] == ["quick-dinners-20"]
        assert [row.key for row, _ in all_ if row.ends_at and row.ends_at <= at] == ["bread-week"]
        assert [row.key for row, _ in all_ if row.exclusive] == ["wine-six"]
        assert {"members-natural"} <= {row.key for row, meant in all_ if meant.audience.members_only}
        assert {row.key for row, meant in all_ if meant.audience.most_orders == 0} >= {"first-order-delivery"}
        assert any(meant.scope.collection_ids for _, meant in all_)
        assert any(meant.scope.brand_ids for _, meant in all_)


def test_every_offer_has_goods_and_a_chinese_name(demo_app: Flask) -> None:
    with demo_app.app_context():
        paths = {row.id: row.path for row in db.session.execute(select(Category.id, Category.path))}
        goods = db.session.execute(
            select(Product.id, Product.category_id, Product.brand_id, Variant.sku).join(Variant)
        ).all()
        marks = marks_of({good.id for good in goods})
        for row, meant in _promotions():
            assert row.translations["zh"]["name"], row.key
            for scope in meant.scopes:
                assert any(
                    scope.covers(
                        product_id=good.id,
                        sku=good.sku,
                        category_ids=frozenset(int(part) for part in paths[good.category_id].strip("/").split("/")),
                        brand_id=good.brand_id,
                        collection_ids=marks[good.id].collection_ids,
                    )
                    for good in goods
                ), row.key


def test_the_flash_sale_goes_on_for_days_without_a_gap(demo_app: Flask) -> None:
    with demo_app.app_context():
        runs = db.session.scalars(select(FlashSession).order_by(FlashSession.starts_at)).all()
        assert runs[0].starts_at < now() < runs[-1].ends_at - timedelta(days=3)
        assert all(one.ends_at == next_.starts_at for one, next_ in pairwise(runs))
        counts = db.session.scalars(select(func.count()).select_from(FlashItem).group_by(FlashItem.flash_session_id))
        assert set(counts) == {GOODS}
        prices = db.session.execute(
            select(FlashItem.price_minor, Variant.price_minor).join(Variant, Variant.id == FlashItem.variant_id)
        )
        assert all(flash < base for flash, base in prices)
        assert db.session.scalar(select(func.sum(FlashItem.sold)))


def test_lists_ask_less_than_the_base_price_and_more_pieces_cost_less_each(demo_app: Flask) -> None:
    with demo_app.app_context():
        lists = {row.key: row for row in db.session.scalars(select(PriceList))}
        tiers = set(db.session.scalars(select(Tier.key)))
        assert {tier for row in lists.values() for tier in row.tiers} <= tiers
        assert [row.key for row in lists.values() if row.groups == [CAFES]] == ["cafe-prices"]
        assert db.session.get(CustomerGroup, CAFES) is not None
        rows = db.session.execute(
            select(PriceEntry, Variant.price_minor)
            .join(Variant, Variant.id == PriceEntry.variant_id)
            .order_by(PriceEntry.price_list_id, PriceEntry.variant_id, PriceEntry.min_quantity)
        ).all()
        assert all(entry.price_minor < base for entry, base in rows)
        pairs = [
            (one.price_minor, more.price_minor)
            for (one, _), (more, _) in pairwise(rows)
            if (one.price_list_id, one.variant_id) == (more.price_list_id, more.variant_id)
        ]
        assert pairs
        assert all(one > more for one, more in pairs)


def test_what_is_reduced_knows_what_it_cost_before(demo_app: Flask) -> None:
    with demo_app.app_context():
        at = now()
        in_sessions = select(FlashItem.variant_id)
        wanted = select(Variant).where(Variant.compare_at_minor > Variant.price_minor, Variant.id.not_in(in_sessions))
        found = [(variant, lowest_price(variant.id, at, 30)) for variant in db.session.scalars(wanted.limit(40)).all()]
        assert all(lowest and variant.price_minor < lowest.price_minor for variant, lowest in found)
        same = [lowest for variant, lowest in found if lowest and lowest.price_minor == variant.compare_at_minor]
    assert len(same) > len(found) / 2


def test_coupons_come_in_every_way_and_the_shopper_has_some(demo_app: Flask) -> None:
    with demo_app.app_context():
        ways = set(db.session.scalars(select(CouponTemplate.way)))
        assert ways == {way.value for way in CouponWay}
        shopper = db.session.scalars(select(Customer.id).where(Customer.email == SHOPPER)).one()
        assert len(open_codes((), customer_id=shopper, at=now())) == 2
        assert {COUPON, GUEST_CODE} <= set(db.session.scalars(select(CouponCode.code)))
        assert db.session.scalar(select(func.count()).where(CouponCode.batch_id.is_not(None))) == 20


def test_a_second_warehouse_helps_out(demo_app: Flask) -> None:
    with demo_app.app_context():
        backup = db.session.scalars(select(Warehouse).where(Warehouse.is_backup)).one()
        held = select(func.count()).where(StockLevel.warehouse_id == backup.id, StockLevel.on_hand > 0)
        assert (db.session.scalar(held) or 0) > 50


def test_every_ledger_adds_up(demo_app: Flask) -> None:
    with demo_app.app_context():
        found = {finding.ledger: finding.discrepancies for finding in verify(list_ledgers())}
        assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(
    ("price", "share", "expected"),
    [(249, 9_600, 239), (1_899, 7_500, 1_419), (50, 9_000, 45), (100, 9_900, 99), (1, 9_600, 0)],
)
def test_a_reduced_price_looks_like_a_price(price: int, share: int, expected: int) -> None:
    assert reduced(price, share) == expected
