"""Sessions are planned, changed, copied and removed by rules, and the history of prices knows of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.flash import editing
from storefront.flash.errors import ItemsRefused, SessionOver, SessionSold, StaleSale, StaleSession
from storefront.flash.models import FlashItem, FlashSale, FlashSession
from storefront.flash.planning import LARGEST_QUOTA, ItemPlan, SalePlan, SessionPlan
from storefront.flash.services import Take, take
from storefront.kernel.errors import Invalid, NotFound
from storefront.kernel.money import Money
from storefront.pricing.history import Statement, spans
from storefront.pricing.models import PriceChange
from tests.factories import make_product

EIGHT = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
TEN = EIGHT + timedelta(hours=2)
MORNING, DURING = EIGHT - timedelta(hours=4), EIGHT + timedelta(minutes=30)


def item(price: int = 600, quota: int = 5, per_customer: int | None = None, *, variant: int = 1) -> ItemPlan:
    return ItemPlan(variant, f"SKU-{variant}", Money(price, "USD"), quota, per_customer)


def session_plan(*items: ItemPlan, starts_at: datetime = EIGHT, ends_at: datetime = TEN) -> SessionPlan:
    return SessionPlan(starts_at, ends_at, items or (item(),))


@pytest.fixture
def shop(any_app: Flask) -> Flask:
    """Three variants, SKU-1 to SKU-3, at 10.00 each, and an activity."""
    with any_app.app_context(), transaction():
        for number in (1, 2, 3):
            make_product(price=1000, sku=f"SKU-{number}")
        editing.add_sale(plan=SalePlan("Tea time", "下午茶"), by="staff:1", at=MORNING)
    return any_app


def add(plan: SessionPlan | None = None, *, at: datetime = MORNING) -> FlashSession:
    with transaction():
        return editing.add_session(sale_id=1, plan=plan or session_plan(), by="staff:1", at=at)


def change(plan: SessionPlan, *, at: datetime = MORNING, seen: str = "") -> None:
    row = db.session.scalars(db.select(FlashSession).order_by(FlashSession.id)).first()
    assert row is not None
    seen = seen or row.updated_at.isoformat()
    with transaction():
        editing.change_session(session_id=row.id, seen=seen, plan=plan, by="staff:1", at=at)


def sell(pieces: int, customer: str = "customer:1") -> None:
    with transaction():
        number = db.session.scalar(db.select(FlashItem.id).order_by(FlashItem.id)) or 0
        take([Take(number, pieces, "")], customer_key=customer, order_number="A", at=DURING)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: session_plan(ends_at=EIGHT), "ends before"),
        (lambda: session_plan(starts_at=TEN, ends_at=EIGHT), "ends before"),
        (lambda: SessionPlan(EIGHT, TEN, ()), "at least one"),
        (lambda: session_plan(item(), item()), "twice"),
        (lambda: session_plan(*(item(variant=n) for n in range(501))), "at most 500"),
        (lambda: item(0), "more than nothing"),
        (lambda: item(-1), "more than nothing"),
        (lambda: item(quota=0), "from 1 to"),
        (lambda: item(quota=-3), "from 1 to"),
        (lambda: item(quota=LARGEST_QUOTA + 1), "from 1 to"),
        (lambda: item(per_customer=0), "at least 1"),
        (lambda: SalePlan("  "), "name"),
        (lambda: SalePlan("x" * 121), "at most 120"),
    ],
)
def test_what_makes_no_sense_cannot_be_planned(make: Callable[[], object], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        make()


def test_a_session_is_planned_and_changed_before_it_begins(shop: Flask) -> None:
    with shop.app_context():
        add()
        later = TEN + timedelta(hours=1)
        change(session_plan(item(500, 9, 2, variant=2), item(700), ends_at=later))
        rows = db.session.execute(
            db.select(FlashItem.variant_id, FlashItem.price_minor, FlashItem.quota, FlashItem.per_customer).order_by(
                FlashItem.position
            )
        ).all()
        assert [tuple(row) for row in rows] == [(2, 500, 9, 2), (1, 700, 5, None)]
        assert db.session.scalars(db.select(FlashSession.ends_at)).one() == later


def test_two_sessions_of_one_time_do_not_share_an_article(shop: Flask) -> None:
    with shop.app_context():
        add()
        with pytest.raises(ItemsRefused) as refused:
            add(session_plan(item(), item(variant=2), starts_at=TEN - timedelta(seconds=1), ends_at=TEN + timedelta(1)))
        assert list(refused.value.troubles) == ["SKU-1"]
        assert refused.value.troubles["SKU-1"].facts == {"name": "Tea time"}
        add(session_plan(item(), starts_at=TEN, ends_at=TEN + timedelta(hours=1)))
        add(session_plan(item(variant=2)))


def test_once_begun_the_start_and_the_prices_stay(shop: Flask) -> None:
    with shop.app_context():
        add(session_plan(item(), item(variant=2)))
        with pytest.raises(Invalid, match="its start stays"):
            change(session_plan(item(), starts_at=EIGHT + timedelta(minutes=1)), at=DURING)
        with pytest.raises(ItemsRefused) as refused:
            change(session_plan(item(500), item(variant=2)), at=DURING)
        assert list(refused.value.troubles) == ["SKU-1"]
        change(session_plan(item(quota=50, per_customer=2), item(variant=3)), at=DURING)
        assert db.session.scalars(db.select(FlashItem.variant_id).order_by(FlashItem.position)).all() == [1, 3]
        with pytest.raises(Invalid, match="time is over"):
            change(session_plan(item(), item(variant=3), ends_at=DURING - timedelta(seconds=1)), at=DURING)
        change(session_plan(item(), item(variant=3), ends_at=DURING), at=DURING)


def test_a_flash_price_is_below_the_usual_one_unless_the_session_has_begun(shop: Flask) -> None:
    with shop.app_context():
        with pytest.raises(ItemsRefused) as refused:
            add(session_plan(item(1000), item(999, variant=2)))
        assert list(refused.value.troubles) == ["SKU-1"]
        assert refused.value.troubles["SKU-1"].facts == {"sku": "SKU-1", "price": "10.00 USD"}
        add()
        with transaction():
            db.session.execute(db.update(Variant).values(price_minor=600))
        with pytest.raises(ItemsRefused):
            change(session_plan(item(quota=6)))
        change(session_plan(item(quota=6)), at=DURING)
        with pytest.raises(ItemsRefused):
            change(session_plan(item(quota=6), item(variant=2)), at=DURING)


def test_nothing_is_lowered_below_what_is_sold(shop: Flask) -> None:
    with shop.app_context():
        add()
        sell(3)
        for plan, words in (
            (session_plan(item(quota=2)), "3 pieces are sold already"),
            (session_plan(item(per_customer=2)), "A customer has 3 pieces already"),
            (session_plan(item(variant=2)), "SKU-1 has been sold"),
        ):
            with pytest.raises(ItemsRefused) as refused:
                change(plan, at=DURING)
            [trouble] = refused.value.troubles.values()
            assert words in trouble.message % trouble.facts
        change(session_plan(item(quota=3, per_customer=3)), at=DURING)
        with pytest.raises(SessionSold), transaction():
            editing.remove_session(session_id=1, by="staff:1", at=DURING)


def test_what_is_over_stays_as_it_was(shop: Flask) -> None:
    with shop.app_context():
        add()
        with pytest.raises(SessionOver):
            change(session_plan(), at=TEN)
        with pytest.raises(SessionOver), transaction():
            editing.remove_session(session_id=1, by="staff:1", at=TEN)
        with pytest.raises(Invalid, match="time is over"):
            add(session_plan(item(variant=2)), at=TEN)


def test_who_was_slower_is_refused(shop: Flask) -> None:
    with shop.app_context():
        seen = add().updated_at.isoformat()
        change(session_plan(item(500)), at=MORNING + timedelta(minutes=1))
        with pytest.raises(StaleSession):
            change(session_plan(item(400)), at=MORNING + timedelta(minutes=2), seen=seen)
        plan = SalePlan("Late tea")
        with pytest.raises(StaleSale), transaction():
            editing.change_sale(sale_id=1, version=99, plan=plan, by="staff:1", at=MORNING)
        with pytest.raises(NotFound), transaction():
            editing.change_sale(sale_id=7, version=1, plan=plan, by="staff:1", at=MORNING)


def test_a_session_that_sold_nothing_can_be_removed(shop: Flask) -> None:
    with shop.app_context():
        add()
        with transaction():
            editing.remove_session(session_id=1, by="staff:1", at=MORNING)
        assert db.session.scalar(db.select(db.func.count()).select_from(FlashItem)) == 0
        assert asked() == [(None, 1000)]
        with pytest.raises(NotFound), transaction():
            editing.remove_session(session_id=1, by="staff:1", at=MORNING)


def asked() -> list[tuple[datetime | None, int]]:
    """What everybody was asked for the first variant, as (since, price)."""
    rows = db.session.scalars(db.select(PriceChange).where(PriceChange.variant_id == 1).order_by(PriceChange.id))
    said = [Statement((row.source, row.source_key), row.at, row.after_minor, row.before_minor) for row in rows]
    base = db.session.scalar(db.select(Variant.price_minor).where(Variant.id == 1)) or 0
    return [(each.start, each.price_minor) for each in spans(said, base_minor=base, until=TEN + timedelta(days=9))]


def test_the_history_of_prices_knows_when_a_flash_price_begins_and_ends(shop: Flask) -> None:
    with shop.app_context():
        add()
        assert asked() == [(None, 1000), (EIGHT, 600), (TEN, 1000)]
        later = EIGHT + timedelta(hours=1)
        change(session_plan(item(500), starts_at=later), at=MORNING + timedelta(minutes=1))
        assert asked() == [(None, 1000), (later, 500), (TEN, 1000)]
        during = later + timedelta(minutes=1)
        change(session_plan(item(500, quota=9), starts_at=later, ends_at=during), at=during)
        assert asked() == [(None, 1000), (later, 500), (during, 1000)]


def test_calling_an_activity_off_ends_its_prices_and_taking_it_up_again_brings_them_back(shop: Flask) -> None:
    with shop.app_context():
        add()
        for is_active, minutes in ((False, 10), (True, 20)):
            with transaction():
                version = db.session.scalars(db.select(FlashSale.version)).one()
                plan, at = SalePlan("Tea time", "下午茶", is_active), EIGHT + timedelta(minutes=minutes)
                editing.change_sale(sale_id=1, version=version, plan=plan, by="staff:1", at=at)
        ten, twenty = (EIGHT + timedelta(minutes=minutes) for minutes in (10, 20))
        assert asked() == [(None, 1000), (EIGHT, 600), (ten, 1000), (twenty, 600), (TEN, 1000)]


def test_what_was_called_off_makes_room_and_cannot_come_back_into_it(shop: Flask) -> None:
    with shop.app_context():
        add()
        with transaction():
            editing.change_sale(sale_id=1, version=1, plan=SalePlan("Tea time", "", False), by="staff:1", at=MORNING)
        with transaction():
            other = editing.add_sale(plan=SalePlan("Coffee"), by="staff:1", at=MORNING).id
        with transaction():
            editing.add_session(sale_id=other, plan=session_plan(), by="staff:1", at=MORNING)
        with pytest.raises(Invalid, match="Coffee"), transaction():
            editing.change_sale(sale_id=1, version=2, plan=SalePlan("Tea time"), by="staff:1", at=MORNING)
        assert db.session.scalars(db.select(FlashSale.is_active).order_by(FlashSale.id)).all() == [False, True]


def test_nothing_is_said_twice(shop: Flask) -> None:
    with shop.app_context():
        add()
        count = db.select(db.func.count()).select_from(PriceChange)
        before = db.session.scalar(count)
        change(session_plan(item(quota=9)), at=MORNING + timedelta(minutes=1))
        assert db.session.scalar(count) == before
