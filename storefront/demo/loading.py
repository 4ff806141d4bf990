"""Loading the demo, step by step: each step is one transaction that also leaves its mark, so a load that was killed
goes on where it stood and never does a thing twice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from storefront.accounts.models import Staff
from storefront.audit import guard
from storefront.catalog.models import Product
from storefront.database.base import Base, db
from storefront.database.transaction import transaction
from storefront.demo import front
from storefront.demo.marks import DemoRefused, Mark, edition, read_mark, write_mark
from storefront.demo.scale import scale_of
from storefront.demo.steps import Load, Watch, steps_of
from storefront.kernel.kept import Kept
from storefront.orders.models import Order

LOADED = "loaded"


def load_demo(*, size: str, data_dir: Path, at: datetime, watch: Watch, without: Collection[str] = ()) -> Mark:
    """Load the demo, or what is left of it, and return its mark; steps named in `without` are left out.

    Refuses with DemoRefused a shop that has goods or orders of its own, or a demo of another size or edition.
    """
    try:
        scale_of(size)
    except ValueError as reason:
        raise DemoRefused(f"There is no demo of size {size!r}: {reason}.") from reason
    mark = read_mark()
    if mark is None:
        _refuse_foreign()
        mark = Mark(size, edition(), at.astimezone(ZoneInfo(front.TIMEZONE)).date().isoformat())
    if (mark.size, mark.edition) != (size, edition()):
        raise DemoRefused(
            f"A {mark.size} demo of another making is loaded here. To empty the shop and begin anew, run: "
            f".venv/bin/flask demo load --fresh --size {size}"
        )
    left = [step for step in steps_of(size) if step[0] not in {*mark.done, *without}]
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


def _refuse_foreign() -> None:
    taken = [
        model.__tablename__
        for model in (Product, Order, Staff)
        if db.session.scalar(select(model.id).limit(1)) is not None
    ]
    db.session.rollback()
    if taken:
        raise DemoRefused("This shop has goods, orders or staff of its own: the demo is for an empty one.")
