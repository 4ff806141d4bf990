"""The ledger of goods and marketing, read as words, names, money and the shop's time in both languages."""

from __future__ import annotations

import pytest
from flask import Flask

from admin.audit.labels import FIELDS, VALUES
from storefront.accounts.permissions import Role
from storefront.audit import services
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.shop.services import change_settings
from tests.admin.people import at_work
from tests.factories import make_category, make_product

ENTRIES: list[tuple[str, str, dict[str, tuple[object, object]]]] = [
    (
        "flash_session",
        "flash_session.change",
        {"starts_at": (None, "2026-12-01T11:00:00+00:00"), "CUP": ([500, 3, None], [450, 3, 2])},
    ),
    ("slot_entry", "slot_entry.change", {"audience": ({}, {"visitor": "new", "device": "phone"})}),
    (
        "slot_entry",
        "slot_entry.change",
        {"en": (None, {"title": "Hello", "label": "Look"}), "product_ids": (None, [1])},
    ),
    ("search_rule", "search_rule.add", {"does: pins": (None, "1"), "does: category_ids": (None, "1")}),
    ("search_rule", "search_rule.add", {"when: phrases": (None, "equals tea, contains cup")}),
    ("search_rule", "search_rule.add", {"does: banner": (None, "texts: en: Hi: you; zh: 你好; link: /offers")}),
    ("coupon", "coupon.change", {"Active": (True, False), "Way": ("claim", "batch")}),
    ("coupon", "coupon.give", {"Given to customer": (None, 411)}),
    ("product", "pictures.change", {"pictures": ("dd52f907", "dd52f907, ab12")}),
    ("product", "variant.change", {"CUP cost_minor": (None, 250), "CUP price": (300, 400)}),
    ("experiment", "experiment.add", {"primary metric": (None, "revenue_per_visitor")}),
    ("promotion", "promotion.change", {"Which goods": (None, {"en": "On everything.", "zh": "适用于全部商品。"})}),
    ("order", "order.cancel", {"status": ("open", "cancelled")}),
]
ENGLISH = [
    "Begins Dec 1, 2026 06:00",
    "CUP $5.00 · 3 pieces $4.50 · 3 pieces · 2 per customer",
    "For whom Who is here for the first time · Phones",
    "English Hello · Look",
    "Products Tea",
    "First Tea",
    "Only these categories Drinks",
    "For the searches is “tea”, contains “cup”",
    "Banner Hi: you; 你好; /offers",
    "Switched on yes no",
    "Way Claimed in the shop Codes to print or send",
    "Given to customer #411",
    "Pictures 1 picture 2 pictures",
    "CUP Cost $2.50",
    "CUP price $3.00 $4.00",
    "Primary metric Revenue per visitor",
    "Which goods On everything.",
    "Order state Open Cancelled",
]
CHINESE = [
    "开始 2026年12月1日 06:00",
    "CUP US$5.00 · 3件 US$4.50 · 3件 · 每人限2件",
    "商品 茶",
    "启用 是 否",
    "商品图片 1 张图片 2 张图片",
    "CUP 价格 US$3.00 US$4.00",
    "哪些商品 适用于全部商品。",
]


@pytest.mark.parametrize(("language", "words"), [("en", ENGLISH), ("zh", CHINESE)])
def test_changes_are_read_in_words(app: Flask, language: str, words: list[str]) -> None:
    browser = at_work(app, Role.SUPER_ADMIN)
    browser.language = language
    with app.app_context(), transaction():
        change_settings(values={"timezone": "America/New_York"}, at=now())
        tea = make_product("Tea", category=make_category("Drinks"))
        tea.translations = {"zh": {"name": "茶"}}
        for kind, action, changes in ENTRIES:
            services.record(actor="system", action=action, about=(kind, "7"), changes=changes, at=now())
    said = browser.get("/admin/audit").said
    assert [each for each in words if each not in said] == [], said


def test_pictures_in_another_order_and_other_pictures_are_told_apart(app: Flask) -> None:
    browser = at_work(app, Role.SUPER_ADMIN)
    with app.app_context(), transaction():
        for after in ("b, a", "a, c", ""):
            changes: dict[str, tuple[object, object]] = {"pictures": ("a, b", after)}
            services.record(actor="system", action="pictures.change", about=("product", "7"), changes=changes, at=now())
    said = browser.get("/admin/audit").said
    for words in ("2 pictures in another order", "2 pictures 2 pictures, others", "2 pictures nothing"):
        assert words in said


def test_every_label_is_a_word() -> None:
    assert all(words and words.strip() == words for words in FIELDS.values())
    assert all(words for known in VALUES.values() for words in known.values())
