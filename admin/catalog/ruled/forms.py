"""What staff type about the rules of a collection, and what those would gather."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import g
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from wtforms import BooleanField, Form, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectMultipleField
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from admin.catalog.forms import amount_text
from admin.promotions.choices import category_options
from storefront.catalog.collecting import Found, preview
from storefront.catalog.collections import RulesPlan
from storefront.catalog.membership import Match, Membership, Sort
from storefront.catalog.models import Brand, Collection, Product
from storefront.database.base import db
from storefront.kernel.clock import now
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.money import Money
from storefront.kernel.text import is_id, squeeze

FIRST = 8
"""So many goods of a preview are shown."""
LONGEST = 5_000
MATCHES = ((Match.ALL.value, _("all of these")), (Match.ANY.value, _("any of these")))
SORTS = (
    (Sort.BEST.value, _("The best sold first")),
    (Sort.NEWEST.value, _("The newest first")),
    (Sort.CHEAPEST.value, _("The cheapest first")),
    (Sort.DEAREST.value, _("The dearest first")),
)
_WHOLE = N_("Enter a whole number that is not negative.")


class _Number(IntegerField):
    """A whole number or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Say in plain words what is wrong."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(gettext(_WHOLE)) from None


def _boxes(label: Any) -> SelectMultipleField:
    return SelectMultipleField(
        label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False
    )


class RulesForm(Form):
    """The conditions of a collection; what is left empty is not asked."""

    seen = HiddenField()
    name = StringField(_("Name of the collection"))
    name_zh = StringField(_("Name in Chinese"))
    match = SelectField(_("A product is in it that meets"))
    category_ids = _boxes(_("Categories, each with all below it"))
    brand_ids = _boxes(_("Brands"))
    types = _boxes(_("Kinds of product"))
    attributes = TextAreaField(_("Attributes"), [Length(max=LONGEST, message=_("This is too long."))])
    price_from = StringField(_("Price at least"))
    price_to = StringField(_("Price at most"))
    is_reduced = BooleanField(_("Reduced: below the price that it is compared with"))
    new_days = _Number(_("Published within so many days"), [Optional()])
    stock_from = _Number(_("Pieces in stock at least"), [Optional()])
    stock_to = _Number(_("Pieces in stock at most"), [Optional()])
    sold_from = _Number(_("Sold in 90 days at least"), [Optional()])
    sort = SelectField(_("Order"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.match.choices, self.sort.choices = MATCHES, SORTS
        self.category_ids.choices = category_options()
        brands = select(Brand.id, Brand.name).order_by(Brand.name)
        self.brand_ids.choices = [(str(row.id), row.name) for row in db.session.execute(brands)]
        types = select(Product.product_type).where(Product.product_type != "").distinct()
        self.types.choices = [(text, text) for text in db.session.scalars(types.order_by(Product.product_type))]

    def read(self) -> RulesPlan:
        """Return what was typed; raises Invalid."""
        membership = Membership(
            match=Match(self.match.data),
            category_ids=_ids(self.category_ids.data, "category_ids"),
            brand_ids=_ids(self.brand_ids.data, "brand_ids"),
            types=tuple(dict.fromkeys(self.types.data or ())),
            attributes=tuple(dict.fromkeys(filter(None, map(squeeze, (self.attributes.data or "").splitlines())))),
            price_from=_amount(self.price_from.data, "price_from"),
            price_to=_amount(self.price_to.data, "price_to"),
            is_reduced=bool(self.is_reduced.data),
            new_days=self.new_days.data,
            stock_from=self.stock_from.data,
            stock_to=self.stock_to.data,
            sold_from=self.sold_from.data,
        )
        if not membership.asks:
            raise Invalid(N_("Ask for something: without a condition nothing is in the collection."), field="match")
        return RulesPlan(membership, self.sort.data or "")

    def read_seen(self) -> Mapping[str, Any]:
        """Return the rules that the page showed."""
        try:
            found = json.loads(self.seen.data or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def form_of(row: Collection) -> RulesForm:
    """Return the form that shows a collection's rules as they are stored."""
    rules = Membership.of(row.rules or {})
    shown = rules.to_data() | {
        "category_ids": [str(number) for number in rules.category_ids],
        "brand_ids": [str(number) for number in rules.brand_ids],
        "attributes": "\n".join(rules.attributes),
        "price_from": amount_text(rules.price_from, g.shop.currency),
        "price_to": amount_text(rules.price_to, g.shop.currency),
        "sort": row.sort,
        "seen": seen_of(row),
    }
    return RulesForm(data=shown)


def seen_of(row: Collection) -> str:
    """Return a collection's rules as a page carries them."""
    return json.dumps({**(row.rules or {}), "sort": row.sort}, sort_keys=True)


def look(plan: RulesPlan) -> tuple[Found, Sequence[Any]]:
    """Return what rules would gather, and the first goods of it."""
    found = preview(plan.membership, plan.sort, now(), size=FIRST)
    columns = Product.id, Product.name, Product.translations, Product.picture
    rows = {row.id: row for row in db.session.execute(select(*columns).where(Product.id.in_(found.first_ids)))}
    return found, [rows[number] for number in found.first_ids if number in rows]


def _ids(values: Sequence[str] | None, field: str) -> tuple[int, ...]:
    if not all(is_id(text) for text in values or ()):
        raise Invalid(field=field)
    return tuple(dict.fromkeys(int(text) for text in values or ()))


def _amount(text: str | None, field: str) -> int | None:
    if not (text or "").strip():
        return None
    try:
        return Money.parse(str(text).strip(), g.shop.currency).minor
    except ValueError:
        example = amount_text(1250, g.shop.currency)
        raise Invalid(N_("Enter an amount such as %(example)s."), field=field, example=example) from None
