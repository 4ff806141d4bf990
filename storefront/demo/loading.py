"""Loading the demo, step by step: each step is one transaction that also leaves its mark, so a load that was killed
goes on where it stood and never does a thing twice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from storefront.accounts.models import Staff
from storefront.accounts.permissions import Role
from storefront.audit import guard
from storefront.catalog.models import Product
from storefront.database.base import Base, db
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
from storefront.demo.bulk import catch_up
from storefront.demo.marks import SIZES, DemoRefused, Mark, edition, read_mark, write_mark
from storefront.kernel.kept import Kept
from storefront.orders import worth
from storefront.orders.models import Order

LOADED = "loaded"


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
        return read_journey(self.mark.size, today=date.fromisoformat(self.mark.day))

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


def load_demo(*, size: str, data_dir: Path, at: datetime, watch: Watch, without: Collection[str] = ()) -> Mark:
    """Load the demo, or what is left of it, and return its mark; steps named in `without` are left out.

    Refuses with DemoRefused a shop that has goods or orders of its own, or a demo of another size or edition.
    """
    if size not in SIZES:
        raise DemoRefused(f"The demo comes in {', '.join(SIZES)}, not {size!r}.")
    mark = read_mark()
    if mark is None:
        _refuse_foreign()
        mark = Mark(size, edition(), at.astimezone(ZoneInfo(front.TIMEZONE)).date().isoformat())
    if (mark.size, mark.edition) != (size, edition()):
        raise DemoRefused(
            f"A {mark.size} demo of another making is loaded here. To empty the shop and begin anew, run: "
            f".venv/bin/flask demo load --fresh --size {size}"
        )
    left = [step for step in STEPS if step[0] not in {*mark.done, *without}]
    if LOADED in mark.done and not left:
        return mark
    load = Load(mark, data_dir, at, watch)
    for name, step in watch(left, "Loading"):
        step(load, name)
    if LOADED not in mark.done:
        mark_done(mark, LOADED, at)
    Kept.forget_all()
    return mark


def mark_done(mark: Mark, step: str, at: datetime) -> None:
    """Note that a step is done whose work lies outside the database."""
    with transaction() as session:
        mark.done = [*mark.done, step]
        write_mark(session, mark, at)


def empty_demo() -> None:
    """Delete every row of a shop that a demo was loaded into; refuse any other."""
    if read_mark() is None:
        _refuse_foreign()
        return
    with transaction() as session:
        connection = session.connection()
        guard.lift(connection)
        names = [table.name for table in reversed(Base.metadata.sorted_tables)]
        if connection.dialect.name == "postgresql":
            tables = ", ".join(f'"{name}"' for name in names)
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        else:
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            for name in names:
                connection.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608
        guard.put_up(connection)
    Kept.forget_all()


def _settings(load: Load, name: str) -> None:
    load.do(name, lambda _session, _connection: front.insert_settings(load.at))


def _catalogue(load: Load, name: str) -> None:
    load.do(name, lambda _session, connection: goods.insert_goods(connection, load.journey, load.at))


def _stock(load: Load, name: str) -> None:
    def insert(_session: Session, connection: Connection) -> None:
        goods.insert_stock(connection, load.journey, load.at)
        goods.insert_backup(connection, load.journey, load.at)

    load.do(name, insert)


def _customers(load: Load, name: str) -> None:
    load.do(name, lambda _session, connection: sales.insert_customers(connection, load.journey))


def _orders(load: Load, name: str) -> None:
    for first, end in load.watch(list(sales.order_steps(load.journey)), "Orders"):

        def insert(_session: Session, connection: Connection, first: int = first, end: int = end) -> None:
            sales.insert_orders(connection, load.journey, first, end, front.CURRENCY)

        load.do(f"{name} {first}", insert)
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


def _arrangement(load: Load, name: str) -> None:
    def arrange(session: Session, _connection: Connection) -> None:
        delivery.insert_shipping(session)
        front.insert_slots(session, load.at)
        delivery.mark_bulky(session)

    load.do(name, arrange)


def _people(load: Load, name: str) -> None:
    staff, shopper = people.make_staff_credentials(), people.make_shopper_credentials()
    load.do(name, lambda session, _connection: people.insert_people(session, staff, shopper, load.at))


def _loyalty(load: Load, name: str) -> None:
    load.do(name, lambda session, connection: rewards.insert_loyalty(session, connection, load.at))


def _offers(load: Load, name: str) -> None:
    load.do(name, lambda session, _connection: offers.insert_offers(session, load.at))


def _prices(load: Load, name: str) -> None:
    load.do(
        name, lambda session, connection: prices.insert_prices(session, connection, _merchandiser(session), load.at)
    )


def _coupons(load: Load, name: str) -> None:
    load.do(name, lambda session, _connection: coupons.insert_coupons(session, _merchandiser(session), load.at))


def _flash(load: Load, name: str) -> None:
    load.do(name, lambda session, _connection: flash.insert_flash(session, _merchandiser(session), load.at))


def _pages(load: Load, name: str) -> None:
    load.do(name, lambda session, _connection: front.insert_pages(session, _merchandiser(session), load.at))


def _steering(load: Load, name: str) -> None:
    load.do(name, lambda session, _connection: steering.insert_steering(session, _merchandiser(session), load.at))


def _doorsteps(load: Load, name: str) -> None:
    load.do(name, lambda session, _connection: doorsteps.insert_doorsteps(session, load.at))


def _worth(load: Load, name: str) -> None:
    """Count what customers have bought, as the job does at night."""

    def count(_session: Session, _connection: Connection) -> None:
        last = 0
        while some := worth.next_customers(last):
            worth.count_anew(customer_ids=some, at=load.at)
            last = some[-1]

    load.do(name, count)


def _merchandiser(session: Session) -> str:
    """Return who did it, for ledgers."""
    number = session.scalars(select(Staff.id).where(Staff.role == Role.MERCHANDISER.value).limit(1)).one()
    return f"staff:{number}"


def _statistics(load: Load, name: str) -> None:
    """Let the database's planner know the tables."""
    load.do(name, lambda _session, connection: connection.execute(text("ANALYZE")))


STEPS: tuple[tuple[str, Callable[[Load, str], None]], ...] = (
    ("settings", _settings),
    ("catalogue", _catalogue),
    ("stock", _stock),
    ("customers", _customers),
    ("orders", _orders),
    ("photographs", _photographs),
    ("arrangement", _arrangement),
    ("people", _people),
    ("loyalty", _loyalty),
    ("offers", _offers),
    ("prices", _prices),
    ("coupons", _coupons),
    ("flash", _flash),
    ("pages", _pages),
    ("steering", _steering),
    ("doorsteps", _doorsteps),
    ("worth", _worth),
    ("statistics", _statistics),
)


def _refuse_foreign() -> None:
    taken = [
        model.__tablename__
        for model in (Product, Order, Staff)
        if db.session.scalar(select(model.id).limit(1)) is not None
    ]
    db.session.rollback()
    if taken:
        raise DemoRefused("This shop has goods, orders or staff of its own: the demo is for an empty one.")
