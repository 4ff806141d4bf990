"""The small demo as a database that tests may scribble on: built once a day for all test processes, copied per test.

`demo_app` is the whole application on such a copy: 378 products, 200 customers with their orders of five months,
offers, home slots, staff. It has no search index, no recommender, and no photographs: those would need the network.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from storefront.config import ROOT, read_config
from storefront.database.base import db
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from tests.browser import Shopper

DATABASE = "shop.db"
LEFT_OUT = frozenset({"photographs"})


def silently(things: Iterable[Any], _words: str, _total: int | None = None, /) -> Iterator[Any]:
    """Go through things without a progress bar."""
    return iter(things)


def demo_database() -> Path:
    """Return a SQLite file that holds the small demo; whoever comes first builds it, the others wait."""
    folder = Path(tempfile.gettempdir()) / f"shop-demo-{os.getuid()}-{_content_hash()}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    done = folder / "done.db"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            _build(folder)
            (folder / DATABASE).replace(done)
    return done


def _build(folder: Path) -> None:
    from storefront.demo.loading import load_demo  # noqa: PLC0415
    from wsgi import create_app  # noqa: PLC0415

    for path in folder.glob(f"{DATABASE}*"):
        path.unlink()
    app = create_app(read_config({"DATA_DIR": str(folder), "LOG_LEVEL": "WARNING"}), testing=True)
    with app.app_context():
        db.create_all()
        load_demo(size="small", data_dir=folder, at=now(), watch=silently, without=LEFT_OUT)
        db.session.remove()
        db.engine.dispose()
    Kept.forget_all()


def _content_hash() -> str:
    made_of = [*(ROOT / "storefront" / "demo").rglob("*"), *(ROOT / "storefront").glob("*/models.py")]
    content = hashlib.sha256(datetime.now(UTC).date().isoformat().encode())
    for path in sorted(path for path in made_of if path.suffix in {".py", ".txt"}):
        content.update(path.read_bytes())
    return content.hexdigest()[:16]


@pytest.fixture(scope="session")
def _demo_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    from wsgi import create_app  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("demo")
    app = create_app(read_config({"DATA_DIR": str(folder), "LOG_LEVEL": "WARNING"}), testing=True)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def demo_app(_demo_app: Flask) -> Iterator[Flask]:
    """The application on a fresh copy of the small demo. Hold no app context across requests."""
    folder: Path = _demo_app.config["SHOP"].data_dir
    with _demo_app.app_context():
        db.session.remove()
        db.engine.dispose()
    for path in folder.glob(f"{DATABASE}*"):
        path.unlink()
    shutil.copy(demo_database(), folder / DATABASE)
    Kept.forget_all()
    yield _demo_app
    Kept.forget_all()


@pytest.fixture
def demo_shopper(demo_app: Flask) -> Shopper:
    """Somebody with a browser in the demo shop."""
    return Shopper(demo_app)
