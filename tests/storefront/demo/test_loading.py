"""The loaded demo: it adds up to the cent, can be killed anywhere, and meets no shop of somebody else."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from storefront.accounts import services as accounts
from storefront.accounts.permissions import Role
from storefront.catalog.models import Category, Product, Variant
from storefront.database.base import Base, db
from storefront.database.transaction import transaction
from storefront.demo import loading, sales
from storefront.demo.bulk import number_by_time
from storefront.demo.marks import KEY, DemoRefused, read_mark
from storefront.demo.people import PASSWORD, SHOPPER, list_accounts
from storefront.fulfilment.models import Parcel
from storefront.inventory import ledgers as stock
from storefront.inventory import queries as inventory
from storefront.inventory.models import StockMovement
from storefront.kernel.clock import now
from storefront.loyalty.models import PointsEntry
from storefront.orders.models import Order, OrderLine
from storefront.returns import queries as requests
from storefront.returns.models import Return
from storefront.shop import verifying
from storefront.shop.models import Setting
from tests.demo_data import LEFT_OUT, silently
from tests.factories import make_customer, make_product

BASKETS = "o.idempotency_key LIKE 'demo-%'"
INVARIANTS = {
    "an order is its lines": """
        SELECT o.id FROM "order" o LEFT JOIN order_line l ON l.order_id = o.id GROUP BY o.id
        HAVING coalesce(sum(l.quantity * l.unit_price_minor), 0) <> o.goods_minor
            OR coalesce(sum(l.discount_minor), 0) <> o.discount_minor""",
    "a line's discount is its adjustments": """
        SELECT l.id FROM order_line l LEFT JOIN order_adjustment a ON a.order_line_id = l.id
        GROUP BY l.id HAVING l.discount_minor <> -coalesce(sum(a.amount_minor), 0)""",
    "what was asked was paid": f"""
        SELECT o.id FROM "order" o LEFT JOIN payment p ON p.order_id = o.id AND p.state = 'captured'
        WHERE {BASKETS} GROUP BY o.id
        HAVING coalesce(sum(p.amount_minor), 0) <> o.total_minor OR o.paid_minor <> o.total_minor""",
    "a payment is its transactions": """
        SELECT p.id FROM payment p LEFT JOIN payment_transaction t ON t.payment_id = p.id
        WHERE p.reference LIKE 'demo-%' GROUP BY p.id HAVING p.amount_minor <> coalesce(sum(t.amount_minor), 0)""",
    "what was sold was shipped": """
        SELECT v.id FROM variant v
        LEFT JOIN (SELECT l.variant_id, sum(p.units) AS units FROM order_line l JOIN (
                SELECT c.order_line_id, c.parcel_id, c.quantity AS units FROM parcel_line c
                UNION ALL SELECT w.id, b.id, w.quantity FROM order_line w JOIN parcel b ON b.order_id = w.order_id
                WHERE b.holds_all
            ) p ON p.order_line_id = l.id JOIN parcel x ON x.id = p.parcel_id AND x.shipped_at IS NOT NULL
            GROUP BY l.variant_id) s
            ON s.variant_id = v.id
        LEFT JOIN (SELECT variant_id, -sum(on_hand_delta) AS units FROM stock_movement WHERE kind = 'shipped'
                   GROUP BY variant_id) m ON m.variant_id = v.id
        WHERE coalesce(s.units, 0) <> coalesce(m.units, 0)""",
    "customers' orders are counted": """
        SELECT c.id FROM customer c LEFT JOIN "order" o ON o.customer_id = c.id
        GROUP BY c.id HAVING count(o.id) <> c.order_count""",
    "an order has its story": f"""
        SELECT o.id FROM "order" o LEFT JOIN order_event e ON e.order_id = o.id
        WHERE {BASKETS} GROUP BY o.id, o.status HAVING count(e.id) <> CASE o.status WHEN 'closed' THEN 4 ELSE 3 END""",
}


@pytest.mark.parametrize("rule", INVARIANTS)
def test_the_ledgers_add_up(rule: str, demo_app: Flask) -> None:
    with demo_app.app_context():
        assert db.session.execute(text(INVARIANTS[rule])).all() == []


def test_stock_is_the_sum_of_its_movements_and_some_of_it_is_low_or_out(demo_app: Flask) -> None:
    with demo_app.app_context():
        assert list(stock.discrepancies()) == []
        left = inventory.available(db.session.scalars(select(Variant.id)))
    assert 0 < sum(not units for units in left.values()) < len(left) * 0.06
    assert 0 < sum(0 < units < 5 for units in left.values()) < len(left) * 0.12


def test_the_last_day_is_yesterday_by_the_shops_clock(demo_app: Flask) -> None:
    with demo_app.app_context():
        baskets = Order.idempotency_key.like("demo-%")
        latest = db.session.scalars(select(func.max(Order.placed_at)).where(baskets)).one()
        delivered = db.session.scalars(select(func.max(Order.delivered_at))).one()
    zone = ZoneInfo("America/New_York")
    assert (now().astimezone(zone).date() - latest.astimezone(zone).date()).days in {1, 2}
    assert delivered <= now()


def test_names_are_distinct_and_sized(demo_app: Flask) -> None:
    with demo_app.app_context():
        names = db.session.scalars(select(Product.name)).all()
        chinese = [row["zh"]["name"] for row in db.session.scalars(select(Product.translations)) if row]
        alike = db.session.execute(
            select(Variant.product_id).group_by(Variant.product_id, Variant.name).having(func.count() > 1)
        ).all()
        largest = db.session.scalar(
            select(func.count())
            .select_from(Variant)
            .group_by(Variant.product_id)
            .order_by(func.count().desc())
            .limit(1)
        )
    assert 300 < len(names) < 500
    assert len(set(names)) == len(names)
    assert len(chinese) > len(names) * 0.95
    assert alike == []
    assert largest is not None
    assert largest <= 12


def test_every_department_of_the_shop_has_goods_and_a_chinese_name(demo_app: Flask) -> None:
    with demo_app.app_context():
        roots = db.session.execute(select(Category.path, Category.translations).where(Category.depth == 0)).all()
        below = set(db.session.scalars(select(Category.path).join(Product, Product.category_id == Category.id)))
    assert len(roots) >= 18
    assert all(row.translations["zh"]["name"] for row in roots)
    assert all(any(path.startswith(row.path) for path in below) for row in roots)


def test_everybody_on_the_list_can_sign_in_and_the_shopper_has_a_past(demo_app: Flask) -> None:
    with demo_app.app_context():
        shopper = accounts.check_customer(email=SHOPPER, password=PASSWORD)
        assert shopper.order_count > 10
        assert (
            db.session.scalar(select(func.count()).select_from(Order).where(Order.email == SHOPPER))
            == shopper.order_count
        )
        staff = [account.email for account in list_accounts() if account.email != SHOPPER]
        roles = {accounts.check_staff(email=email, password=PASSWORD).role for email in staff}
    assert roles == set(Role)


def test_a_second_load_changes_nothing(demo_app: Flask, tmp_path: Path) -> None:
    with demo_app.app_context():
        before = _counts()
        later = now() + timedelta(days=3)
        mark = loading.load_demo(size="small", data_dir=tmp_path, at=later, watch=silently, without=LEFT_OUT)
        assert loading.LOADED in mark.done
        assert _counts() == before


def test_a_shop_with_goods_of_its_own_is_left_alone(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        with transaction():
            make_product("Mine")
        with pytest.raises(DemoRefused, match="of its own"):
            loading.load_demo(size="small", data_dir=tmp_path, at=now(), watch=silently)
        with pytest.raises(DemoRefused, match="of its own"):
            loading.empty_demo()
        assert db.session.scalars(select(Product.name)).all() == ["Mine"]


def test_another_size_asks_for_a_fresh_start_which_empties_every_table(demo_app: Flask, tmp_path: Path) -> None:
    with demo_app.app_context():
        with pytest.raises(DemoRefused, match=r"flask demo load --fresh --size full$"):
            loading.load_demo(size="full", data_dir=tmp_path, at=now(), watch=silently)
        loading.empty_demo()
        assert set(_counts().values()) == {0}


def test_production_never_gets_the_demos_accounts(app: Flask) -> None:
    config = app.config["SHOP"]
    app.config["SHOP"] = replace(config, production=True)
    try:
        result = app.test_cli_runner().invoke(args=["demo", "load", "--size", "small", "--quiet"])
    finally:
        app.config["SHOP"] = config
    assert result.exit_code == 1
    assert "PRODUCTION is on" in result.output
    with app.app_context():
        assert read_mark() is None


def test_a_price_in_the_list_is_what_a_line_says(demo_app: Flask) -> None:
    with demo_app.app_context():
        strange = db.session.scalar(
            select(func.count())
            .select_from(OrderLine)
            .where(OrderLine.unit_price_minor * OrderLine.quantity < OrderLine.discount_minor)
        )
        prices = db.session.scalars(select(Variant.price_minor)).all()
        reduced = db.session.scalars(
            select(Variant.compare_at_minor - Variant.price_minor).where(Variant.compare_at_minor.is_not(None))
        ).all()
    assert strange == 0
    assert min(prices) >= 1
    assert reduced
    assert min(reduced) > 0


def _counts() -> dict[str, int]:
    counts = {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }
    db.session.rollback()
    return counts


def _loaded_at() -> datetime:
    """Return the moment that the demo was loaded for: tiers, points and sales of the hour follow from it."""
    at = db.session.scalars(select(Setting.updated_at).where(Setting.key == KEY)).one()
    db.session.rollback()
    return at


@pytest.mark.postgres
def test_postgresql_takes_the_same_rows_though_the_load_dies_in_the_middle_of_the_orders(
    postgres_app: Flask, demo_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sales, "ORDERS_A_STEP", 4_000)
    insert = sales.insert_orders

    def dies_later(connection: object, journey: object, first: int, end: int, currency: str) -> None:
        insert(connection, journey, first, end, currency)  # type: ignore[arg-type]
        if first > 4_000:
            raise KeyboardInterrupt

    with demo_app.app_context():
        at, expected = _loaded_at(), _counts()

    def load() -> None:
        loading.load_demo(size="small", data_dir=tmp_path, at=at, watch=silently, without=LEFT_OUT)

    monkeypatch.setattr(sales, "insert_orders", dies_later)
    with postgres_app.app_context():
        with pytest.raises(KeyboardInterrupt):
            load()
        db.session.remove()
        mark = read_mark()
        assert mark is not None
        assert "orders 1" in mark.done
        assert "orders 4001" not in mark.done
        assert db.session.scalar(select(func.count()).select_from(Order)) == 4_000
        monkeypatch.setattr(sales, "insert_orders", insert)
        load()
        assert _counts() == expected
        for rule in INVARIANTS.values():
            assert db.session.execute(text(rule)).all() == []
        db.session.rollback()
        with transaction():
            make_product("After the load")


def test_orders_and_returns_wait_for_whoever_opens_the_back_office(demo_app: Flask) -> None:
    with demo_app.app_context():
        mine = Order.idempotency_key.not_like("demo-%"), Order.status == "open"
        states = Counter(db.session.scalars(select(Order.fulfillment_status).where(*mine)))
        assert states == {"unfulfilled": 6, "partial": 1, "fulfilled": 3, "delivered": 7}
        assert Counter(db.session.scalars(select(Parcel.state).where(~Parcel.holds_all))) == {
            "packed": 1,
            "shipped": 3,
            "lost": 1,
            "delivered": 7,
        }
        asked = [(row.kind, row.state) for row in db.session.scalars(select(Return).order_by(Return.id))]
        assert asked == [
            *(("return", "requested"), ("claim", "requested"), ("return", "approved"), ("return", "received")),
            *(("return", "refunded"), ("exchange", "replaced")),
        ]
        assert requests.list_photos(db.session.scalars(select(func.min(Return.id))).one())
        wrong = [each for finding in verifying.verify(verifying.list_ledgers()) for each in finding.discrepancies]
        assert wrong == []


@pytest.mark.parametrize("ledger", [PointsEntry, StockMovement])
def test_what_is_read_by_number_happened_in_that_order(
    demo_app: Flask, ledger: type[PointsEntry] | type[StockMovement]
) -> None:
    with demo_app.app_context():
        moments = db.session.scalars(select(ledger.at).order_by(ledger.id)).all()
    assert moments == sorted(moments)


def test_a_ledger_is_numbered_anew_with_the_numbers_that_it_has(any_app: Flask) -> None:
    noon = datetime(2026, 12, 1, 12, tzinfo=UTC)
    with any_app.app_context(), transaction() as session:
        customer = make_customer()
        entries = [
            PointsEntry(customer_id=customer.id, kind="earn", order_number=name, at=noon + timedelta(hours=hour))
            for name, hour in (("second", 2), ("third", 3), ("first", 1), ("third too", 3))
        ]
        for entry in entries:
            session.add(entry)
            session.flush()
        numbers = [entry.id for entry in entries]
        number_by_time(session.connection(), PointsEntry.__table__)
        rows = session.execute(select(PointsEntry.id, PointsEntry.order_number).order_by(PointsEntry.id)).all()
    assert [number for number, _ in rows] == numbers
    assert [name for _, name in rows] == ["first", "second", "third", "third too"]
