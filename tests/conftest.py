"""Fixtures that every room's tests share."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import settings
from sqlalchemy import Engine, create_engine, text

from storefront.accounts import passwords
from storefront.config import Config, read_config
from storefront.database.base import db
from storefront.discovery.searching import forget_desk
from storefront.jobs import queue
from storefront.kernel.kept import Kept
from storefront.web.beside import Beside
from tests.browser import Shopper
from tests.demo_data import _demo_app, demo_app, demo_shopper  # noqa: F401
from tests.emptying import EMPTY, empty_postgres, empty_sqlite, sweeper_of
from tests.redis_server import redis_server  # noqa: F401

EXAMPLES = int(os.environ.get("EXAMPLES", "30"))
"""How many cases a property is tried on, where its test does not say; each run has others."""
settings.register_profile("steady", deadline=None, max_examples=EXAMPLES)  # how fast a machine is decides no test
settings.load_profile("steady")

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "")
REDIS = os.environ.get("TEST_REDIS_URL", "")
EVERYTHING_ON_POSTGRES = os.environ.get("TEST_DATABASE", "sqlite") == "postgres"
"""Whether `app` is the shop on PostgreSQL too, in every test that asks for it."""


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector of garbage need not look through it again and again (an eighth of the
    time of all tests), and comes less often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip, with a reason, what needs a service that is not there; `.ci/run` sets all of them."""
    missing = {
        "postgres": None if POSTGRES else "TEST_POSTGRES_URL is not set",
        "redis": None if REDIS else "TEST_REDIS_URL is not set",
        "browser": None if os.environ.get("TEST_BROWSER") else "TEST_BROWSER (a Chromium's path) is not set",
    }
    for item in items:
        for mark, reason in missing.items():
            if reason and item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session", autouse=True)
def _nothing_goes_on_beside() -> Iterator[Callable[..., None]]:
    """What would go on beside the requests is done at once, so that no test meets the work of another."""
    start = Beside.start
    Beside.start = lambda _beside, work: work()  # type: ignore[method-assign]
    yield start
    Beside.start = start  # type: ignore[method-assign]


@pytest.fixture
def work_goes_on_beside(_nothing_goes_on_beside: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Work is done in threads, as in a shop."""
    monkeypatch.setattr(Beside, "start", _nothing_goes_on_beside)


@pytest.fixture(scope="session", autouse=True)
def _light_passwords() -> Iterator[PasswordHasher]:
    """Hashing is slow on purpose; thousands of tests sign in. `strong_passwords` has the shop's own strength."""
    strong = passwords.hasher
    _hash_with(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield strong
    _hash_with(strong)


@pytest.fixture
def strong_passwords(_light_passwords: PasswordHasher) -> Iterator[None]:
    """Passwords are hashed as they are in a shop."""
    light = passwords.hasher
    _hash_with(_light_passwords)
    yield
    _hash_with(light)


def _hash_with(hasher: PasswordHasher) -> None:
    passwords.hasher = hasher
    passwords._nobodys.cache_clear()


@pytest.fixture(scope="session")
def worker_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of this test process."""
    return tmp_path_factory.mktemp("shop")


def config_for(data_dir: Path, **environ: str) -> Config:
    """Return a configuration that keeps everything under `data_dir`."""
    return read_config({"DATA_DIR": str(data_dir), "LOG_LEVEL": "WARNING", **environ})


def make_app(config: Config) -> Flask:
    """Return the whole application, testing."""
    from wsgi import create_app  # noqa: PLC0415

    return create_app(config, testing=True)


@pytest.fixture(scope="session")
def _sqlite_app(worker_dir: Path) -> Iterator[Flask]:
    app = make_app(config_for(worker_dir))
    with app.app_context():
        db.create_all()
        db.session.remove()
        db.engine.dispose()
    shutil.copy(worker_dir / "shop.db", worker_dir / EMPTY)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def _postgres_app(worker_dir: Path, worker_id: str) -> Iterator[Flask]:
    name = f"shop_test_{worker_id}_{os.getpid()}"
    server = create_engine(POSTGRES.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))  # no test pulls the plug
    url = server.url.set(database=name).render_as_string(hide_password=False)
    data_dir = worker_dir / "postgres"
    app = make_app(config_for(data_dir, DATABASE_URL=url))
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.engine.dispose()
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    server.dispose()


@pytest.fixture(scope="session")
def _sweeper(_postgres_app: Flask) -> Iterator[Engine]:
    with _postgres_app.app_context():
        sweeper = sweeper_of(db.engine.url.render_as_string(hide_password=False))
    yield sweeper
    sweeper.dispose()


@pytest.fixture
def app(request: pytest.FixtureRequest) -> Flask:
    """The application on an empty database, SQLite unless TEST_DATABASE says postgres. Hold no app context across
    requests.
    """
    return request.getfixturevalue("postgres_app" if EVERYTHING_ON_POSTGRES else "sqlite_app")


@pytest.fixture
def sqlite_app(_sqlite_app: Flask, worker_dir: Path) -> Iterator[Flask]:
    """The application on an empty SQLite database."""
    empty_sqlite(_sqlite_app, worker_dir)
    Kept.forget_all()
    _forget_index(_sqlite_app)
    queue.bind(_sqlite_app)
    yield _sqlite_app
    Kept.forget_all()


@pytest.fixture
def nothing_grows_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values that a process keeps stay fresh, however slow the machine is that counts what is read."""
    stopped = SimpleNamespace(monotonic=lambda: 0.0)
    for keeper in ("storefront.kernel.kept", "storefront.catalog.memory"):
        monkeypatch.setattr(f"{keeper}.time", stopped)


@pytest.fixture
def postgres_app(_postgres_app: Flask, _sweeper: Engine) -> Iterator[Flask]:
    """The application on an empty PostgreSQL database."""
    empty_postgres(_sweeper)
    Kept.forget_all()
    _forget_index(_postgres_app)
    queue.bind(_postgres_app)
    yield _postgres_app
    Kept.forget_all()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_app(request: pytest.FixtureRequest) -> Flask:
    """The application on each database in turn."""
    return request.getfixturevalue(f"{request.param}_app")


def _forget_index(app: Flask) -> None:
    """An index that another test left would answer for goods that this one has under the same numbers."""
    shutil.rmtree(app.config["SHOP"].index_dir, ignore_errors=True)
    with app.app_context():
        forget_desk()


@pytest.fixture
def shopper(app: Flask) -> Shopper:
    """Somebody with a browser that lints every page it fetches."""
    return Shopper(app)
