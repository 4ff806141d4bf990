"""What the page of a shelf rule shows beside what is typed: choices, products, and the rule tried on a shelf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from admin.discovery.queries import Goods, goods_by_ids
from admin.discovery.rule_pages import find_goods
from admin.discovery.shelves.tables import OF_PRODUCT, TRIED
from admin.discovery.shelves.typed import PLACES
from admin.promotions.choices import category_options
from admin.promotions.typed import Typed
from storefront.accounts.models import Customer
from storefront.catalog.models import Category, Product, Variant
from storefront.catalog.queries import category_tree
from storefront.catalog.tree import Node
from storefront.database.base import db
from storefront.discovery import shelves
from storefront.discovery.shelves.explaining import Preview, preview, visit_of
from storefront.discovery.shelves.ruling import RulePlan, draft_of
from storefront.discovery.shelves.shown import Question
from storefront.kernel.errors import NotFound
from storefront.kernel.text import code_key, squeeze
from storefront.web.locale import current_locale

MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class RuleForm:
    """Everything that the fields of a rule need."""

    typed: Typed
    categories: Sequence[tuple[str, str]]
    products: Mapping[str, Goods]
    found: Sequence[Any]
    zone: str

    @property
    def places(self) -> Sequence[tuple[str, str]]:
        return tuple(PLACES.items())


@dataclass(frozen=True, slots=True)
class Tried:
    """A rule tried on a shelf; or `problem`, why it could not be."""

    shelf: str
    preview: Preview | None = None
    problem: str = ""


def form_for(typed: Typed, zone: str) -> RuleForm:
    """Return what the fields show around what is typed."""
    ids = [number for name in ("pins", "buries") for text in typed.all(name) if (number := _number(text))]
    return RuleForm(
        typed=typed,
        categories=category_options(),
        products={str(number): goods for number, goods in goods_by_ids(ids).items()},
        found=find_goods(squeeze(typed.get("find"))[:100]),
        zone=zone,
    )


def try_rule(typed: Typed, plan: RulePlan, rule_id: int, at: datetime) -> Tried:
    """Return what a plan changes on a shelf, for the customer, product and category that the form names."""
    wanted = typed.get("preview-shelf") or plan.shelf
    shelf = wanted if wanted in TRIED else TRIED[0]
    customer_id = _find_customer(typed.get("preview-customer"))
    if customer_id == 0:
        return Tried(shelf, problem=_("There is no such customer. Type an e-mail address or a customer number."))
    locale, product_id = current_locale(), _find_product(typed.get("preview-product"))
    try:
        anchor = shelves.get_anchor(product_id, locale) if shelf in OF_PRODUCT else None
    except NotFound:
        return Tried(shelf, problem=_("Name a product of the shop that the shelf is about, by its SKU or number."))
    node = _category(typed.get("preview-category")) if shelf == "category" else None
    if shelf == "category" and node is None:
        return Tried(shelf, problem=_("Choose the category that the shelf is about."))
    question = Question(visit_of(customer_id), at, locale, anchor=anchor, category=node)
    return Tried(shelf, preview(shelf, question, draft_of(plan, rule_id)))


def _find_customer(text: str) -> int | None:
    """Return a customer's id by number or e-mail; None where nothing is typed, 0 where there is none."""
    if not text:
        return None
    number = _number(text)
    wanted = Customer.id == number if number else func.lower(Customer.email) == text.lower()
    return db.session.scalar(select(Customer.id).where(wanted)) or 0


def _find_product(text: str) -> int:
    if not text:
        return 0
    by_sku = db.session.scalar(select(Variant.product_id).where(func.upper(Variant.sku) == code_key(text)))
    return by_sku or db.session.scalar(select(Product.id).where(Product.id == _number(text))) or 0


def _category(text: str) -> Node | None:
    number = _number(text)
    found = db.session.scalar(select(Category.id).where(Category.id == number)) if number else None
    return category_tree().find(found)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else 0
