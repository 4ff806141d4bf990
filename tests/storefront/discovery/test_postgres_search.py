"""The shop with its search index in PostgreSQL: its own database, or another one beside SQLite."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text as sql

from search.postgres import PostgresIndex
from storefront.catalog.events import ProductChanged
from storefront.catalog.listing import Wanted
from storefront.catalog.models import Product
from storefront.config import read_config
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery import indexing, jobs, queries
from storefront.discovery.searching import desk, forget_desk, search_index
from storefront.kernel.clock import now
from storefront.kernel.events import publish
from tests import factories as make
from tests.browser import Shopper
from tests.conftest import POSTGRES, config_for, make_app
from tests.fresh_process import SHOP, modules_after


@pytest.fixture(params=[pytest.param(kind, marks=pytest.mark.postgres) for kind in ("beside", "own")])
def postgres_shop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A shop on SQLite with the index in a PostgreSQL beside it, then one with all in one PostgreSQL."""
    beside = request.param == "beside"
    app: Flask = request.getfixturevalue("index_free" if beside else "postgres_app")
    shop = app.config["SHOP"]
    named = f"{POSTGRES}#test-{os.getpid()}" if beside else "postgres"
    config = read_config({"DATABASE_URL": shop.database_url, "SEARCH_BACKEND": named})
    changed = {name: getattr(config, name) for name in ("search_backend", "search_url", "search_name")}
    monkeypatch.setitem(app.config, "SHOP", replace(shop, **changed))
    with app.app_context():
        forget_desk()
    yield app
    with app.app_context():
        forget_desk()
    shutil.rmtree(shop.index_dir, ignore_errors=True)
    with psycopg.connect(config.search_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS search_index CASCADE")


@pytest.fixture
def goods(postgres_shop: Flask) -> SimpleNamespace:
    """Three products in one category."""
    with postgres_shop.app_context(), transaction():
        tea = make.make_category("Tea", translations={"zh": {"name": "茶"}})
        rows = {
            "green": make.make_product("Green tea bags", category=tea, sku="GT-20", description="A calm cup"),
            "black": make.make_product("Black tea loose leaf", category=tea, price=900),
            "pot": make.make_product("Tea pot", category=tea, price=2500),
        }
        db.session.flush()
        return SimpleNamespace(ids={row.id: key for key, row in rows.items()}, pot=rows["pot"].id)


def found(goods: SimpleNamespace, words: str) -> list[str]:
    return [goods.ids[number] for number in queries.search(Wanted(text=words), 24).ids]


def test_the_commands_and_the_health_page_know_the_backend(postgres_shop: Flask, goods: SimpleNamespace) -> None:
    runner, shopper = postgres_shop.test_cli_runner(), Shopper(postgres_shop)
    waiting = runner.invoke(args=["search", "status"])
    assert (waiting.exit_code, "reindex" in waiting.output) == (1, True)
    index = shopper.get("/healthz").response.json["index"]
    assert (index["backend"], index["usable"]) == ("postgres", False)
    built = runner.invoke(args=["search", "reindex", "--quiet"])
    assert (built.exit_code, "3 products" in built.output) == (0, True), built.output
    assert "3 products in 1 segment" in runner.invoke(args=["search", "status"]).output
    index = shopper.get("/healthz").response.json["index"]
    assert (index["backend"], index["usable"], index["documents"], index["problem"]) == ("postgres", True, 3, "")
    assert index["generation"].endswith("-000001")


def test_pages_suggestions_and_codes_come_from_it(postgres_shop: Flask, goods: SimpleNamespace) -> None:
    with postgres_shop.app_context():
        indexing.rebuild()
        assert isinstance(search_index(), PostgresIndex)
        assert found(goods, "gren tea")[0] == "green"
        assert queries.search(Wanted(text="茶"), 24).is_complete
        assert next(one.kind for one in queries.suggest("te", "en")) == "category"
    page = Shopper(postgres_shop).get("/search?q=calm")
    assert [str(card["data-sku"]) for card in page.all("article[data-sku]")] == ["GT-20"]
    assert Shopper(postgres_shop).get("/search?q=gt20").status == 302


def test_changes_are_taken_in_and_the_nightly_rebuild_joins_them(postgres_shop: Flask, goods: SimpleNamespace) -> None:
    with postgres_shop.app_context():
        jobs.sweep_changes.call_local()
        with transaction():
            product = db.session.get(Product, goods.pot)
            product.name, product.updated_at = "Samovar", now()
            db.session.flush()
            publish(ProductChanged(product.id, now()))
        assert indexing.count_changes() == 0
        assert found(goods, "samovar") == ["pot"]
        assert desk().holder.searcher().health().segments == 2
        jobs.rebuild_nightly.call_local()
        assert desk().holder.searcher().health().segments == 1


def test_when_it_does_not_answer_the_shop_searches_its_database_and_says_so(
    postgres_shop: Flask, goods: SimpleNamespace
) -> None:
    with postgres_shop.app_context():
        indexing.rebuild()
        server = search_index().server  # type: ignore[attr-defined]
        server.close()
        server.url = "postgresql://nobody@127.0.0.1:9/nothing"
        plain = queries.search(Wanted(text="black"), 24)
        assert ([goods.ids[number] for number in plain.ids], plain.is_complete) == (["black"], False)
        assert isinstance(queries.suggest("leaf loose bl", "en"), list)
    assert Shopper(postgres_shop).get("/search?q=GT-20").status == 302
    report = Shopper(postgres_shop).get("/healthz").response.json
    assert report["status"] == "degraded"
    assert "does not answer" in report["index"]["problem"]


@pytest.mark.postgres
def test_migrations_do_not_see_the_index(tmp_path: Path) -> None:
    name = f"search_migrations_{os.getpid()}"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"')
        url = f"{POSTGRES.rpartition('/')[0]}/{name}"
        app = make_app(config_for(tmp_path, DATABASE_URL=url, SEARCH_BACKEND="postgres"))
        try:
            with app.app_context():
                upgrade()
                with transaction():
                    make.make_product("Green tea bags")
                indexing.rebuild()
                with db.engine.connect() as connection:
                    context = MigrationContext.configure(connection, opts={"compare_type": True})
                    assert compare_metadata(context, db.metadata) == []
                upgrade()
                db.session.remove()
                downgrade(revision="base")
                assert search_index().open().documents == 1
                tables = sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'search_index'")
                assert db.session.scalar(tables) == 5
                db.session.remove()
                forget_desk()
                db.engine.dispose()
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.mark.parametrize("statement", ["import search", SHOP])
def test_who_searches_whoosh_does_not_carry_the_other_backend(statement: str) -> None:
    loaded = modules_after(statement)
    assert "search" in loaded
    assert [name for name in loaded if name.startswith("search.postgres")] == []


def test_the_library_alone_does_not_carry_psycopg() -> None:
    assert "psycopg" not in modules_after("import search")
