"""What one process writes, the others show in their next answer: a price, a setting, whatever rooms keep."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text, update
from sqlalchemy.sql.util import find_tables as tables_of

from storefront.catalog import memory
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.database.written import UNKNOWN, written
from storefront.discovery import live
from storefront.inventory.models import StockLevel
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from storefront.shared import changes, store
from storefront.shop.services import change_settings
from tests.browser import Shopper
from tests.factories import make_category, make_product
from tests.redis_server import RedisServer


@pytest.fixture
def milk(app: Flask) -> Product:
    with app.app_context(), transaction():
        return make_product("Milk", price=300, sku="MILK", stock=20, category=make_category("Dairy", slug="dairy"))


def elsewhere(app: Flask, statement: str, **values: object) -> None:
    """Write as another process does: this one's session, and so the shop in it, learns nothing of it."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text(statement), values)


@pytest.mark.usefixtures("nothing_grows_old")
def test_a_price_that_another_process_changed_shows_at_once(app: Flask, shopper: Shopper, milk: Product) -> None:
    other = changes.News(app.config["SHOP"].machine_dir, "")
    urls = ("/", "/categories/dairy", f"/products/{milk.slug}")
    assert all("$3.00" in shopper.get(url).said for url in urls)
    moment = now().replace(tzinfo=None)
    changed = "UPDATE variant SET price_minor = 250, updated_at = :at WHERE product_id = :product"
    elsewhere(app, changed, at=str(moment), product=milk.id)
    other.tell(changes.WATCHED)
    for url in urls:
        page = shopper.get(url)
        assert "$2.50" in page.said
        assert "$3.00" not in page.said


@pytest.mark.usefixtures("nothing_grows_old")
def test_what_rooms_keep_is_read_anew_when_another_process_edits_it(app: Flask, shopper: Shopper) -> None:
    other = changes.News(app.config["SHOP"].machine_dir, "")
    with app.app_context(), transaction():
        change_settings(values={"name": "Corner shop"}, at=now())
    assert "Corner shop" in shopper.get("/").said
    elsewhere(app, "UPDATE setting SET value = '\"Village shop\"' WHERE key = 'name'")
    assert "Corner shop" in shopper.get("/").said, "nobody has told us"
    other.tell(changes.EDIT)
    assert "Village shop" in shopper.get("/").said


def test_others_are_told_of_edits_and_commits_and_of_nothing_else(app: Flask) -> None:
    other = changes.News(app.config["SHOP"].machine_dir, "")
    kept = Kept(object, seconds=30.0)
    other.look()

    with app.app_context(), pytest.raises(ZeroDivisionError), transaction():
        1 / 0  # noqa: B018
    other.look()
    assert other.commits == 0, "what was rolled back is no news"

    with app.app_context(), transaction():
        make_category("Dairy", slug="dairy")
    first = kept.get()
    other.look()
    assert other.commits == 1
    assert kept.get() is first, "a commit alone makes nobody read everything anew"

    with app.app_context(), transaction():
        change_settings(values={"name": "Corner shop"}, at=now())
    other.look()
    assert other.commits == 2
    assert kept.get() is not first


@pytest.mark.usefixtures("nothing_grows_old")
def test_only_who_writes_to_goods_has_others_look_at_them(any_app: Flask) -> None:
    app = any_app
    looked: list[str] = []
    with app.app_context():
        with transaction():
            milk = make_product("Milk", price=300, sku="MILK", stock=20)
            number = milk.id
        other = changes.News(app.config["SHOP"].machine_dir, "")
        other.on_watched.append(lambda: looked.append("goods"))

        def after(work: Callable[[], object]) -> tuple[int, int]:
            commits = other.commits
            looked.clear()
            with transaction():
                work()
            other.look()
            return other.commits - commits, len(looked)

        def sell() -> None:
            with db.session.begin_nested() as inside:
                db.session.execute(update(StockLevel).values(on_hand=StockLevel.on_hand - 1))
                db.session.flush()
                inside.rollback()
            db.session.execute(text("UPDATE cart SET token = token"))

        assert Shopper(app).post("/cart/lines", {"sku": "MILK"}).status == 303
        other.look()
        assert looked == [], "a cart is nobody else's"
        assert after(lambda: db.session.execute(text("SELECT 1"))) == (1, 0)
        assert after(lambda: db.session.execute(update(Variant).values(price_minor=299))) == (1, 1)
        assert after(lambda: setattr(db.session.get_one(Product, number), "name", "Whole milk")) == (1, 1)
        assert after(sell) == (1, 1), "what a savepoint took back counts all the same"
        assert after(lambda: db.session.execute(text("WITH x AS (SELECT 1) DELETE FROM cart"))) == (1, 1), "not clear"
        assert after(lambda: change_settings(values={"name": "Corner shop"}, at=now())) == (1, 1)


def test_the_tables_that_are_watched_are_those_that_are_looked_at() -> None:
    asked = {table.name for select in live._WRITTEN.selects for table in tables_of(select)}
    assert asked == memory.TABLES
    assert asked == {Product.__tablename__, Variant.__tablename__, StockLevel.__tablename__}


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("SELECT 1 FROM product", set()),
        ("SAVEPOINT sa_savepoint_1", set()),
        ("PRAGMA optimize", set()),
        ('INSERT INTO "order" (id) VALUES (?)', {"order"}),
        ("INSERT OR IGNORE INTO cart_line (id) VALUES (?)", {"cart_line"}),
        ("UPDATE stock_level SET on_hand = 1", {"stock_level"}),
        ("UPDATE OR REPLACE product SET id = 1", {"product"}),
        ("DELETE FROM variant WHERE id = 1", {"variant"}),
        ("WITH gone AS (SELECT 1) DELETE FROM product", {UNKNOWN}),
        ("TRUNCATE product", {UNKNOWN}),
    ],
)
def test_a_statement_tells_what_it_writes_to(statement: str, tables: set[str]) -> None:
    written.take()
    written.note(statement)
    assert written.take() == tables
    assert written.take() == frozenset()


def test_pages_stay_where_the_same_writes_are_found_again(app: Flask, milk: Product) -> None:
    with app.app_context():
        before = memory.remembered().generation
        memory.note_commit()
        after = memory.remembered().generation
        memory.note_commit()
        assert memory.remembered().generation is after
        with transaction():
            db.session.get_one(Product, milk.id).updated_at = now()
        assert memory.remembered().generation not in {before, after}


@pytest.fixture
def machine(redis_server: RedisServer, tmp_path: Path) -> Iterator[changes.News]:
    """Another machine: no file is shared with it."""
    store.bind(redis_server.url)
    yield changes.News(tmp_path / "elsewhere", redis_server.url)
    store.bind("")


@pytest.mark.redis
def test_machines_hear_of_changes_also_after_redis_was_gone(
    machine: changes.News, redis_server: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "AGAIN_AFTER", 0.1)
    here = changes.News(tmp_path / "here", redis_server.url)

    def hears(*, after: int) -> bool:
        for _ in range(100):
            here.look()
            if here.commits > after:
                return True
            time.sleep(0.05)
        return False

    assert hears(after=0), "a channel that opens may have missed something"
    known = here.commits
    machine.tell(changes.COMMIT)
    assert hears(after=known)

    redis_server.stop()
    machine.tell(changes.EDIT)
    redis_server.start()
    assert hears(after=here.commits), "what was told meanwhile is not known, so everything is looked at"
