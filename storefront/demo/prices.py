"""Prices of the demo beside the base prices: for tiers, a group, a week and quantities; and what was asked before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import pandas as pd
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from storefront.accounts.models import Customer, CustomerGroup
from storefront.catalog.models import Variant
from storefront.demo.bulk import insert_frame
from storefront.demo.front import CURRENCY
from storefront.demo.people import SHOPPER
from storefront.demo.picking import Good, Picker, midnight
from storefront.kernel.money import Money
from storefront.pricing import services
from storefront.pricing.catalogue import WHOLE
from storefront.pricing.models import PriceChange
from storefront.pricing.plans import EntryPlan, ListPlan

CAFES = "neighbourhood-cafes"
CAFES_MEMBERS = 6
LATEST_REDUCTION, REDUCED_DAYS = 2, 19
"""The compared prices were asked until so many days ago, spread over so many."""
MOST = 40


def insert_prices(session: Session, connection: Connection, by: str, at: datetime) -> None:
    """Insert price lists, the group that has one, and what is known of earlier prices."""
    _insert_history(connection, by, at)
    _insert_group(session, at)
    picker = Picker(session)
    favourites = picker.goods("Coffee & creamers", "Cheese", most=MOST, prices=(150, 2_000))
    kitchen = picker.goods("Coffee & creamers", "Milk", "Sugar", "Paper napkins", "Eggs", most=MOST, prices=(60, 2_000))
    fresh = picker.goods("Fruit & vegetables", most=8, prices=(180, 900))
    tins = picker.goods("Canned vegetables", "Canned cat food", "Gourmet canned cat food", most=MOST, prices=(30, 500))
    before = midnight(at, -60)
    _add(ListPlan("Silver prices", "银卡价", tiers=("silver",)), _each(favourites, (1, 9_600)), by, before)
    _add(ListPlan("Gold prices", "金卡价", tiers=("gold",)), _each(favourites, (1, 9_200)), by, before)
    cafes = ListPlan("Café prices", "咖啡馆价", groups=(CAFES,))
    _add(cafes, _each(kitchen, (1, 8_800), (12, 7_800)), by, before)
    week = ListPlan("This week's prices", "本周特价", starts_at=midnight(at, -2), ends_at=midnight(at, 5))
    _add(week, _each(fresh, (1, 8_000)), by, midnight(at, -2))
    _add(ListPlan("More for less", "多买更省"), _each(tins, (6, 9_000), (12, 8_500)), by, before)


def reduced(price_minor: int, basis_points: int) -> int:
    """Return a share of a price that looks like a price: lower, and ending in 9 from one whole unit on."""
    share = Money(price_minor, CURRENCY).portion(basis_points, WHOLE).minor
    return min(share - (share + 1) % 10 if share >= 100 else share, price_minor - 1)


def _each(goods: Iterable[Good], *steps: tuple[int, int]) -> list[EntryPlan]:
    """Return entries: from so many pieces on such a share of the base price."""
    return [
        EntryPlan(good.variant_id, quantity, Money(reduced(good.price_minor, share), CURRENCY))
        for good in goods
        for quantity, share in steps
    ]


def _add(plan: ListPlan, entries: list[EntryPlan], by: str, at: datetime) -> None:
    row = services.add_list(plan=plan, by=by, at=at)
    services.set_entries(list_id=row.id, version=row.version, entries=entries, by=by, at=at)


def _insert_group(session: Session, at: datetime) -> None:
    """Some customers who buy a lot run cafés; the shopper is not one of them."""
    session.add(CustomerGroup(key=CAFES, name="Neighbourhood cafés", updated_at=at))
    owners = session.scalars(
        select(Customer)
        .where(Customer.email != SHOPPER)
        .order_by(Customer.order_count.desc(), Customer.id)
        .limit(CAFES_MEMBERS)
    )
    for customer in owners:
        customer.groups = [CAFES]
    session.flush()


def _insert_history(connection: Connection, by: str, at: datetime) -> None:
    """What is reduced cost what it is compared with until some days ago."""
    rows = connection.execute(
        select(Variant.id, Variant.compare_at_minor, Variant.price_minor)
        .where(Variant.compare_at_minor > Variant.price_minor)
        .order_by(Variant.id)
    ).all()
    moments = [
        pd.Timestamp(at).tz_convert(None).floor("min")
        - pd.Timedelta(days=LATEST_REDUCTION + row.id % REDUCED_DAYS, minutes=row.id % 240)
        for row in rows
    ]
    frame = pd.DataFrame(rows, columns=["variant_id", "before_minor", "after_minor"])
    insert_frame(connection, PriceChange.__table__, frame.assign(source="base", source_key="", actor=by, at=moments))
