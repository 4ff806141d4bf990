"""`flask shop backup` and `restore`: the shop stays open, and what is put back is whole or is not put back."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask_migrate import upgrade
from PIL import Image
from sqlalchemy import make_url, text

from storefront.database import revision
from storefront.database.base import db
from storefront.jobs import queue
from storefront.kernel.kept import Kept
from storefront.media.photos import forget_photo, keep_photo
from storefront.operations import backing_up, postgres, restoring, sqlite
from storefront.operations.archive import read_manifest
from storefront.operations.errors import BackupRefused
from storefront.shop import verifying
from tests.conftest import config_for, make_app
from tests.storefront.orders.drafts import place


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["shop", *arguments])
    Kept.forget_all()
    return result.exit_code, result.output


@pytest.fixture
def shop(any_app: Flask) -> Iterator[Flask]:
    """A shop whose tables say at which revision they are, as migrations leave it."""
    with any_app.app_context(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("DELETE FROM alembic_version"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:it)"), {"it": revision.needed()})
    shutil.rmtree(any_app.config["SHOP"].media_dir, ignore_errors=True)
    yield any_app
    with any_app.app_context():
        if db.engine.dialect.name == "postgresql":
            _tidy_server()
        db.engine.dispose()
    for each in any_app.config["SHOP"].data_dir.glob("shop.db.before-*"):
        each.unlink()


def _tidy_server() -> None:
    kept = text("SELECT datname FROM pg_database WHERE datname LIKE current_database() || '_before_%'")
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in connection.scalars(kept).all():
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        connection.execute(text("DROP TABLE alembic_version"))


def numbers(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(text('SELECT number FROM "order" ORDER BY id')))


def picture(app: Flask, colour: str, tmp_path: Path) -> str:
    Image.new("RGB", (40, 40), colour).save(tmp_path / f"{colour}.png")
    return keep_photo((tmp_path / f"{colour}.png").read_bytes(), app.config["SHOP"].media_dir).picture


@pytest.mark.long
def test_a_backup_made_while_shoppers_order_is_restored_to_a_shop_that_adds_up(shop: Flask, tmp_path: Path) -> None:
    media, target = shop.config["SHOP"].media_dir, tmp_path / "shop.tar"
    red = picture(shop, "red", tmp_path)
    place(shop, off=333)
    is_done, failures = threading.Event(), list[BaseException]()

    def keep_ordering() -> None:
        try:
            while not is_done.is_set():
                place(shop)
        except BaseException as error:
            failures.append(error)

    shoppers = [threading.Thread(target=keep_ordering) for _ in range(3)]
    for each in shoppers:
        each.start()
    code, said = run(shop, "backup", str(target))
    is_done.set()
    for each in shoppers:
        each.join()
    assert (code, failures) == (0, []), said
    kept = read_manifest(target).counts["order"]
    before = numbers(shop)
    assert 1 <= kept < len(before), "nobody ordered while the backup was made"

    forget_photo(red, media)
    blue = picture(shop, "blue", tmp_path)
    code, said = run(shop, "restore", str(target))
    assert (code, numbers(shop)) == (1, before)
    assert "not empty" in said
    code, said = run(shop, "restore", "--replace", str(target))
    assert code == 0, said
    assert "ledgers adds up" in said
    assert "from before is kept as" in said
    restored = numbers(shop)  # orders may be committed in another order than they were numbered in
    assert (len(restored), restored[0]) == (kept, before[0])
    assert set(restored) < set(before)
    assert {path.name.partition("-")[0] for path in media.iterdir()} == {red.split(":")[1]}
    (aside,) = media.parent.glob("media.before-*")
    assert {path.name.partition("-")[0] for path in aside.iterdir()} == {blue.split(":")[1]}
    shutil.rmtree(aside)
    with shop.app_context():
        assert not any(finding.discrepancies for finding in verifying.verify(verifying.list_ledgers()))
    place(shop)
    assert len(numbers(shop)) == kept + 1
    assert not [path for path in shop.config["SHOP"].data_dir.iterdir() if path.name.startswith(".")]


@pytest.fixture
def small(app: Flask, tmp_path: Path) -> tuple[Flask, Path]:
    """A shop on SQLite with an order, and a backup of it."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:it)"), {"it": revision.needed()})
    place(app)
    code, said = run(app, "backup", str(tmp_path / "shop.tar"))
    assert code == 0, said
    return app, tmp_path / "shop.tar"


def test_a_backup_overwrites_nothing_and_is_for_its_owner_alone(small: tuple[Flask, Path]) -> None:
    app, target = small
    was = target.read_bytes()
    code, said = run(app, "backup", str(target))
    assert (code, target.read_bytes()) == (1, was)
    assert "is there already" in said
    assert target.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["shop.tar"]


def test_a_disk_that_is_too_full_is_said_before_anything_is_written(
    small: tuple[Flask, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app, target = small
    monkeypatch.setattr(backing_up.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=1000))
    code, said = run(app, "backup", str(tmp_path / "other.tar"))
    assert (code, (tmp_path / "other.tar").exists()) == (1, False)
    assert "too full" in said
    code, said = run(app, "restore", "--replace", str(target))
    assert code == 1
    assert "too full" in said


def test_a_database_that_cannot_be_replaced_just_now_stays_as_it_is(
    small: tuple[Flask, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, target = small
    place(app)
    before = numbers(app)
    monkeypatch.setattr(sqlite, "PATIENCE", 0.05)
    monkeypatch.setattr(restoring, "_verify", lambda _url, _folder: (True, "ledger\nall 0 0"))
    database = app.config["SHOP"].data_dir / "shop.db"
    writer = sqlite3.connect(database, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    code, said = run(app, "restore", "--replace", str(target))
    writer.execute("ROLLBACK")
    writer.close()
    assert (code, numbers(app)) == (1, before)
    assert "Stop the shop" in said
    assert not list(database.parent.glob("shop.db.before-*"))


def test_a_damaged_database_that_cannot_be_replaced_stays_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, fresh = tmp_path / "shop.db", tmp_path / "beside.db"
    path.write_bytes(damaged := b"what is left of it" * 500)
    with sqlite3.connect(fresh) as beside:
        beside.execute("CREATE TABLE setting (key TEXT)")
    beside.close()
    really = sqlite._copy

    def copy(source: Path, target: Path) -> None:
        if source == fresh:
            raise sqlite3.OperationalError("disk I/O error")
        really(source, target)

    database = sqlite.SqliteDatabase(f"sqlite:///{path}")
    monkeypatch.setattr(sqlite, "_copy", copy)
    with pytest.raises(BackupRefused, match="Nothing was replaced"):
        database.switch(f"sqlite:///{fresh}", datetime(2026, 1, 1))
    assert path.read_bytes() == damaged
    monkeypatch.undo()
    kept = database.switch(f"sqlite:///{fresh}", datetime(2026, 1, 1))
    assert Path(kept).read_bytes() == damaged
    assert {each.name for each in tmp_path.iterdir()} == {"beside.db", "shop.db", Path(kept).name}


def test_postgres_programs_are_told_the_password_by_the_environment_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pg_dump"
    program.write_text('#!/bin/sh\necho "$PGPASSWORD" "$@" > "$0.said"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    url = make_url("postgresql+psycopg://shop:p%40ss@db.example:5433/goods?sslmode=require")
    postgres._run("pg_dump", url, "--format=custom")
    said = (tmp_path / "pg_dump.said").read_text().split()
    assert said == ["p@ss", "--dbname=postgresql://shop@db.example:5433/goods?sslmode=require", "--format=custom"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("revision", "9999", "newer version of the shop"), ("database", "postgresql", "DATABASE_URL names sqlite")],
)
def test_a_backup_of_another_kind_of_shop_is_refused(
    small: tuple[Flask, Path], monkeypatch: pytest.MonkeyPatch, field: str, value: str, words: str
) -> None:
    app, target = small
    manifest = read_manifest(target)
    foreign = type(manifest)(**{name: getattr(manifest, name) for name in manifest.__slots__} | {field: value})
    monkeypatch.setattr(restoring.archive, "read_manifest", lambda _source: foreign)
    code, said = run(app, "restore", "--replace", str(target))
    assert (code, len(numbers(app))) == (1, 1)
    assert words in said


@pytest.mark.long
def test_a_backup_of_older_tables_is_migrated_before_it_is_used(tmp_path: Path) -> None:
    bound = queue.bound()
    old, new = (make_app(config_for(tmp_path / name)) for name in ("old", "new"))
    with old.app_context():
        upgrade(revision=revision.known()[-2])
        statement = "INSERT INTO setting (key, value, updated_at) VALUES ('name', '\"Old\"', '2026-01-01')"
        with db.engine.begin() as connection:
            connection.execute(text(statement))
    code, said = run(old, "backup", str(tmp_path / "old.tar"))
    assert code == 0, said
    code, said = run(new, "restore", str(tmp_path / "old.tar"))
    assert code == 0, said
    assert f"from revision {revision.known()[-2]} to {revision.needed()}" in said
    with new.app_context():
        assert revision.read(db.session.connection()) == revision.needed()
        assert db.session.scalar(text("SELECT value FROM setting")) == '"Old"'
    for app in (old, new):
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    if bound:
        queue.bind(bound)


@pytest.mark.postgres
def test_postgres_without_its_programs_is_said(
    postgres_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres_app.app_context(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version AS SELECT '0001' AS version_num"))
    monkeypatch.setenv("PATH", "")
    code, said = run(postgres_app, "backup", str(tmp_path / "shop.tar"))
    with postgres_app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    assert (code, list(tmp_path.iterdir())) == (1, [])
    assert "pg_dump is not on this machine" in said
