"""Pages for strangers come from the replica, everything that is somebody's from the primary, and all of it when the
replica fails. Two databases with different prices show who answered; they stand for two servers.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from storefront.config import BadConfiguration, read_config
from storefront.database import replica
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.database.watching import tally
from storefront.kernel.kept import Kept
from tests.browser import Shopper
from tests.conftest import POSTGRES, config_for, make_app
from tests.factories import make_category, make_product, make_shipping
from tests.storefront.checkout.desk import order

NOWHERE = "postgresql://nobody@127.0.0.1:9/nothing"
STOCKED = ("/", "/categories/dairy", "/products/milk", "/search?q=milk")


def stock(app: Flask, price: int) -> None:
    with app.app_context(), transaction():
        product = make_product("Milk", price=price, sku="MILK", stock=20, category=make_category("Dairy", slug="dairy"))
        product.slug = "milk"
        make_shipping(500)


@pytest.fixture
def second(postgres_app: Flask, tmp_path: Path) -> Iterator[str]:
    """Another database, where milk is cheaper; its address."""
    name = "shop_test_replica_" + postgres_app.config["SHOP"].database_url.rpartition("_")[2]
    server = create_engine(POSTGRES.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    url = server.url.set(database=name).render_as_string(hide_password=False)
    app = make_app(config_for(tmp_path / "second", DATABASE_URL=url))
    with app.app_context():
        db.create_all()
    stock(app, 100)
    with app.app_context():
        db.engine.dispose()
    yield url.replace("+psycopg", "")
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    server.dispose()


def open_with(primary: Flask, tmp_path: Path, url: str) -> Flask:
    """Return the shop on `primary`'s database, with milk at $3.00, and a replica at `url`."""
    stock(primary, 300)
    Kept.forget_all()
    replica.standing.__init__()  # type: ignore[misc]
    address = primary.config["SHOP"].database_url
    return make_app(config_for(tmp_path / "shop", DATABASE_URL=address, DATABASE_REPLICA_URL=url))


@pytest.fixture
def shop(postgres_app: Flask, second: str, tmp_path: Path) -> Iterator[Flask]:
    app = open_with(postgres_app, tmp_path, second)
    yield app
    with app.app_context():
        db.engine.dispose()
        app.extensions["replica"].dispose()


def price(reader: Shopper, url: str = "/products/milk") -> str:
    said = reader.get(url).said
    return " and ".join(amount for amount in ("$1.00", "$3.00") if amount in said)


@pytest.mark.postgres
@pytest.mark.long
def test_strangers_read_from_the_replica_and_everybody_else_from_the_primary(shop: Flask) -> None:
    for url in STOCKED[:3]:
        assert price(Shopper(shop), url) == "$1.00", url
    buyer = Shopper(shop)
    assert buyer.post("/cart/lines", {"sku": "MILK", "quantity": "1"}).status == 303
    assert price(buyer, "/cart") == "$3.00"
    Kept.forget_all()
    assert price(buyer) == "$3.00"
    assert price(buyer, "/checkout") == "$3.00"
    order(buyer)
    with shop.app_context():
        totals = db.session.execute(text("SELECT unit_price_minor FROM order_line")).scalars().all()
    assert totals == [300], "no price is decided on the replica"


@pytest.mark.postgres
@pytest.mark.long
def test_a_replica_that_is_behind_is_left_alone_until_it_has_caught_up(
    shop: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    knows = replica._REPLAYED
    monkeypatch.setattr(replica, "_REPLAYED", text("SELECT :written IS NULL"))
    assert price(Shopper(shop)) == "$3.00"
    monkeypatch.setattr(replica, "_REPLAYED", knows)
    monkeypatch.setattr(replica, "AGAIN", 0.0)
    Kept.forget_all()
    replica.standing._next = 0.0
    assert price(Shopper(shop)) == "$1.00"


@pytest.mark.postgres
@pytest.mark.long
def test_a_view_that_the_replica_cannot_answer_is_answered_by_the_primary(
    shop: Flask, second: str, caplog: pytest.LogCaptureFixture
) -> None:
    server = create_engine(second.replace("postgresql://", "postgresql+psycopg://"))
    with server.begin() as connection:
        connection.execute(text("ALTER TABLE variant RENAME TO gone"))
    server.dispose()
    with caplog.at_level(logging.WARNING):
        for url in STOCKED:
            assert price(Shopper(shop), url) in {"$3.00", ""}, url
        assert price(Shopper(shop)) == "$3.00"
    assert caplog.text.count("The replica cannot be read") == 1


@pytest.mark.postgres
@pytest.mark.long
def test_without_its_replica_the_shop_is_as_it_is(
    postgres_app: Flask, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = open_with(postgres_app, tmp_path, NOWHERE)
    with caplog.at_level(logging.WARNING):
        assert [price(Shopper(app), url) for url in STOCKED[:3]] == ["$3.00"] * 3
    assert caplog.text.count("The replica cannot be read") == 1
    with app.app_context():
        db.engine.dispose()
        app.extensions["replica"].dispose()


def test_only_a_postgresql_server_has_a_replica() -> None:
    with pytest.raises(BadConfiguration, match="DATABASE_REPLICA_URL"):
        read_config({"DATABASE_REPLICA_URL": "postgresql://h/db"})
    with pytest.raises(BadConfiguration, match="DATABASE_REPLICA_URL"):
        read_config({"DATABASE_URL": "postgresql://h/db", "DATABASE_REPLICA_URL": "sqlite:///x"})


@pytest.mark.postgres
def test_operators_see_what_the_replica_is_asked(postgres_app: Flask, tmp_path: Path) -> None:
    address = postgres_app.config["SHOP"].database_url
    shop = make_app(config_for(tmp_path, DATABASE_URL=address, DATABASE_REPLICA_URL=address.replace("+psycopg", "")))
    engine = shop.extensions["replica"]
    with engine.connect() as connection:
        tally.begin()
        connection.execute(text("SELECT 1"))
    assert tally.statements == 1
    engine.dispose()
