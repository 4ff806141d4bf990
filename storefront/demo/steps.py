"""The steps of a load, in their order: each is one transaction, or one for each slice of many rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session
from werkzeug.utils import cached_property

from storefront.accounts.models import Staff
from storefront.accounts.permissions import Role
from storefront.database.base import Base
from storefront.database.transaction import transaction
from storefront.demo import (
    coupons,
    delivery,
    doorsteps,
    fetching,
    flash,
    front,
    goods,
    offers,
    people,
    photographed,
    prices,
    rewards,
    sales,
    steering,
)
from storefront.demo.baskets import Journey, read_journey
from storefront.demo.bulk import catch_up, number_by_time
from storefront.demo.made_up import orders as made_orders
from storefront.demo.made_up import returns as made_returns
from storefront.demo.made_up import rows as made_rows
from storefront.demo.made_up import stock as made_stock
from storefront.demo.marks import Mark, write_mark
from storefront.demo.scale import scale_of
from storefront.inventory.models import StockMovement
from storefront.loyalty.models import PointsEntry
from storefront.orders import worth
from storefront.returns.jobs import complete_all


class Watch(Protocol):
    """Goes through something slow, showing how far it is."""

    def __call__(self, things: Iterable[Any], words: str, total: int | None = None, /) -> Iterator[Any]: ...


@dataclass
class Load:
    """One run of the loader."""

    mark: Mark
    data_dir: Path
    at: datetime
    watch: Watch

    @cached_property
    def journey(self) -> Journey:
        """The real baskets, for a demo of them."""
        return read_journey(self.mark.size, today=date.fromisoformat(self.mark.day))

    @property
    def made_up(self) -> made_rows.MadeUp:
        """The shop that is made up, for a size given by numbers."""
        scale = scale_of(self.mark.size)
        if scale is None:
            raise ValueError(f"{self.mark.size} is the size of a real shop")
        return made_rows.make_up(scale, self.mark.day)

    def do(self, step: str, work: Callable[[Session, Connection], object]) -> None:
        """Do a part of the work and mark it, both or neither; skip what is marked."""
        if step in self.mark.done:
            return
        with transaction() as session:
            connection = session.connection()
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL statement_timeout = 0"))
            work(session, connection)
            self.mark.done = [*self.mark.done, step]
            write_mark(session, self.mark, self.at)


Step = Callable[[Load, str], None]


def steps_of(size: str) -> tuple[tuple[str, Step], ...]:
    """Return the steps of a load of this size with the names by which they are marked."""
    scale = scale_of(size)
    offered = () if scale and not scale.has_every_kind else _OFFERED
    return (*(_MADE_UP if scale else _REAL), *_ARRANGED, *offered, *_LAST)


def _simply(work: Callable[[Load, Session, Connection], object]) -> Step:
    """Return a step that is one piece of work."""

    def step(load: Load, name: str) -> None:
        load.do(name, lambda session, connection: work(load, session, connection))

    return step


def _sliced(load: Load, name: str, count: int, work: Callable[[Connection, int, int], object]) -> None:
    """Do the same work for every slice of so many, each marked."""
    for first, end in load.watch(list(made_rows.slices(count)), name.capitalize()):

        def insert(_session: Session, connection: Connection, first: int = first, end: int = end) -> None:
            work(connection, first, end)

        load.do(f"{name} {first}", insert)


def _stock(load: Load, _session: Session, connection: Connection) -> None:
    goods.insert_stock(connection, load.journey, load.at)
    goods.insert_backup(connection, load.journey, load.at)


def _orders(load: Load, name: str) -> None:
    for first, end in load.watch(list(sales.order_steps(load.journey)), "Orders"):

        def insert(_session: Session, connection: Connection, first: int = first, end: int = end) -> None:
            sales.insert_orders(connection, load.journey, first, end, front.CURRENCY)

        load.do(f"{name} {first}", insert)
    _count_on(load, name)


def _made_goods(load: Load, name: str) -> None:
    shop = load.made_up
    load.do("categories", lambda _session, connection: made_rows.insert_categories(connection, shop))

    def insert(connection: Connection, first: int, end: int) -> None:
        made_rows.insert_products(connection, shop, first, end, load.at)

    _sliced(load, name, len(shop.goods.products), insert)


def _made_customers(load: Load, name: str) -> None:
    shop = load.made_up

    def insert(connection: Connection, first: int, end: int) -> None:
        made_rows.insert_people(connection, shop, first, end)

    _sliced(load, name, len(shop.demand.joined), insert)


def _made_orders(load: Load, name: str) -> None:
    shop = load.made_up

    def insert(connection: Connection, first: int, end: int) -> None:
        part, requests = made_returns.returned(made_orders.part_of(shop, first, end), shop.ends)
        made_orders.insert_part(connection, shop, part)
        made_returns.insert_returns(connection, part, requests)
        made_stock.insert_movements(connection, part, requests)

    _sliced(load, name, len(shop.demand.moment), insert)
    _count_on(load, name)


def _count_on(load: Load, name: str) -> None:
    load.do(name, lambda _session, connection: catch_up(connection, Base.metadata.sorted_tables))


def _photographs(load: Load, name: str) -> None:
    try:
        assets = fetching.fetch_assets(load.data_dir / "downloads")
    except fetching.NotToBeHad as reason:
        load.mark.notes = [f"The photographed goods are left out until the next run: {reason}."]
        return
    load.mark.notes = []
    pictures = photographed.keep_photos(assets, load.data_dir / "media", lambda names: load.watch(names, "Photographs"))
    items = photographed.read_items(assets)
    load.do(name, lambda session, _connection: photographed.insert_items(session, items, pictures, load.at))


def _arrangement(load: Load, session: Session, _connection: Connection) -> None:
    delivery.insert_shipping(session)
    front.insert_slots(session, load.at)
    delivery.mark_bulky(session)


def _people(load: Load, name: str) -> None:
    staff, shopper = people.make_staff_credentials(), people.make_shopper_credentials()
    load.do(name, lambda session, _connection: people.insert_people(session, staff, shopper, load.at))


def _in_order_of_time(load: Load, _session: Session, connection: Connection) -> None:
    """Number what the steps wrote into ledgers as it happened; nobody reads those of a made-up shop, which are long."""
    if scale_of(load.mark.size) is None:
        for ledger in (PointsEntry.__table__, StockMovement.__table__):
            number_by_time(connection, ledger)


def _worth(load: Load, name: str) -> None:
    """Count what customers have bought, as the job does at night; begun anew, it only counts again."""
    if name in load.mark.done:
        return
    last = 0
    while some := worth.next_customers(last):
        with transaction():
            worth.count_anew(customer_ids=some, at=load.at)
        last = some[-1]
    load.do(name, lambda _session, _connection: None)


def _completed(load: Load, name: str) -> None:
    """Complete what can no longer come back, as the job does at night."""
    if name not in load.mark.done:
        complete_all(load.at)
        load.do(name, lambda _session, _connection: None)


def _merchandiser(session: Session) -> str:
    """Return who did it, for ledgers."""
    number = session.scalars(select(Staff.id).where(Staff.role == Role.MERCHANDISER.value).limit(1)).one()
    return f"staff:{number}"


_REAL: tuple[tuple[str, Step], ...] = (
    ("settings", _simply(lambda load, _session, _connection: front.insert_settings(load.at))),
    ("catalogue", _simply(lambda load, _session, connection: goods.insert_goods(connection, load.journey, load.at))),
    ("stock", _simply(_stock)),
    (
        "customers",
        _simply(lambda load, _session, connection: sales.insert_customers(connection, load.journey.customers)),
    ),
    ("orders", _orders),
    ("photographs", _photographs),
)
_MADE_UP: tuple[tuple[str, Step], ...] = (
    _REAL[0],
    ("products", _made_goods),
    ("stock", _simply(lambda load, _session, connection: made_stock.insert_opening(connection, load.made_up))),
    ("customers", _made_customers),
    ("orders", _made_orders),
)
_ARRANGED: tuple[tuple[str, Step], ...] = (
    ("arrangement", _simply(_arrangement)),
    ("people", _people),
    ("loyalty", _simply(lambda load, session, connection: rewards.insert_loyalty(session, connection, load.at))),
)
_OFFERED: tuple[tuple[str, Step], ...] = (
    ("offers", _simply(lambda load, session, _connection: offers.insert_offers(session, load.at))),
    (
        "prices",
        _simply(
            lambda load, session, connection: prices.insert_prices(session, connection, _merchandiser(session), load.at)
        ),
    ),
    (
        "coupons",
        _simply(lambda load, session, _connection: coupons.insert_coupons(session, _merchandiser(session), load.at)),
    ),
    ("flash", _simply(lambda load, session, _connection: flash.insert_flash(session, _merchandiser(session), load.at))),
    ("pages", _simply(lambda load, session, _connection: front.insert_pages(session, _merchandiser(session), load.at))),
    (
        "steering",
        _simply(lambda load, session, _connection: steering.insert_steering(session, _merchandiser(session), load.at)),
    ),
)
_LAST: tuple[tuple[str, Step], ...] = (
    ("doorsteps", _simply(lambda load, session, _connection: doorsteps.insert_doorsteps(session, load.at))),
    ("ledgers", _simply(_in_order_of_time)),
    ("worth", _worth),
    ("completed", _completed),
    ("statistics", _simply(lambda _load, _session, connection: connection.execute(text("ANALYZE")))),
)
