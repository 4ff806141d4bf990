"""Lists of the back office find what somebody reads, in whichever language they read it."""

from __future__ import annotations

import pytest
from flask import Flask

from admin.naming import is_named
from storefront.accounts.permissions import Role
from storefront.catalog.models import Collection, Product
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from tests.admin.people import at_work
from tests.factories import make_price_list, make_product, make_promotion

CHINESE = {"zh": {"name": "蓝杯 100%"}}
OFFER = {"benefits": [{"kind": "percent_off", "percent": 10}], "conditions": []}


@pytest.mark.parametrize(
    ("text", "found"),
    [("blue", True), ("BLUE CUP", True), ("蓝", True), ("100%", True), ("杯子", False), ("%", True), ("_", False)],
)
def test_a_name_is_found_by_any_part_in_any_language(any_app: Flask, text: str, found: bool) -> None:
    with any_app.app_context(), transaction():
        make_product("Blue cup", translations=CHINESE)
        make_product("Red pot")
    with any_app.app_context():
        names = db.session.scalars(db.select(Product.name).where(is_named(Product, text))).all()
    assert names == (["Blue cup"] if found else [])


def test_lists_and_fields_find_chinese_names(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        make_product("Blue cup", sku="CUP-1", translations=CHINESE)
        make_promotion(name="Cup week", translations=CHINESE, **OFFER)
        make_price_list("For cups", translations=CHINESE)
        db.session.add(Collection(slug="cups", name="Cups", translations=CHINESE, updated_at=now()))
    browser = at_work(any_app, Role.SUPER_ADMIN, "Mei")
    for path, name in (
        ("/admin/products?q={}", "Blue cup"),
        ("/admin/promotions?q={}", "Cup week"),
        ("/admin/price-lists?q={}", "For cups"),
        ("/admin/collections?q={}", "Cups"),
        ("/admin/search?q={}", "Cup week"),
    ):
        assert name in browser.get(path.format("蓝杯")).words("main"), path
        assert name not in browser.get(path.format("红")).words("main"), path


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("TST", True),
        ("tst-0", True),
        ("ＴＳＴ－", True),
        ("TST-01", True),
        ("ST-0", False),
        ("T%", False),
        ("_ST", False),
    ],
)
def test_goods_are_found_by_how_their_sku_begins(any_app: Flask, text: str, found: bool) -> None:
    with any_app.app_context(), transaction():
        make_product("Blue cup", sku="TST-01")
        make_product("Red pot", sku="OTHER-1")
    browser = at_work(any_app, Role.SUPER_ADMIN, "Mei")
    for path in ("/admin/products", "/admin/search"):
        said = browser.get(path, follow=True, query_string={"q": text}).words("main")
        assert ("Blue cup" in said) is found, path
        assert "Red pot" not in said, path
