"""What staff type about a product beside its words, prices and stock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateTimeLocalField, Form, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from admin.catalog.heads import Head
from admin.days import to_local, to_utc
from admin.promotions.choices import category_options
from storefront.catalog.addressing import LONGEST_DESCRIPTION, LONGEST_SLUG, LONGEST_TITLE, Appearance
from storefront.catalog.creating import LONGEST_TYPE, NewProduct
from storefront.catalog.facts import Placing
from storefront.catalog.matrix import LONGEST_SKU
from storefront.catalog.publishing import Publication
from storefront.catalog.services import LONGEST_NAME
from storefront.catalog.states import ROLE_WORDS
from storefront.kernel.errors import Invalid
from storefront.kernel.money import Money, TooManyDecimals, digits_of

Args = Mapping[str, Any]
FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]


def at_most(longest: int) -> Length:
    """Return a validator for texts."""
    return Length(max=longest, message=_("This is too long."))


def read_amount(text: str, field: str) -> Money:
    """Read a typed price in the shop's currency; raises Invalid."""
    currency = g.shop.currency
    try:
        amount = Money.parse(text.strip(), currency)
    except TooManyDecimals:
        digits = digits_of(currency)
        words = gettext("%(currency)s has %(digits)s decimals at most.", currency=currency, digits=digits)
        raise Invalid(words, field=field) from None
    except ValueError:
        example = f"{Money(1250, currency).decimal:f}"
        raise Invalid(gettext("Enter an amount such as %(example)s.", example=example), field=field) from None
    if amount.minor < 0:
        raise Invalid(gettext("A price cannot be negative."), field=field)
    return amount


class NewProductForm(Form):
    """A product that is to be made."""

    name = StringField(_("Product name"), [InputRequired(_("A product needs a name.")), at_most(LONGEST_NAME)])
    name_zh = StringField(_("Name in Chinese"), [at_most(LONGEST_NAME)])
    slug = StringField(_("Web address"), [at_most(LONGEST_SLUG)])
    category_id = SelectField(_("Category"), validate_choice=False)
    brand = StringField(_("Brand"), [at_most(LONGEST_NAME)])
    product_type = StringField(_("Type"), [at_most(LONGEST_TYPE)])
    sku = StringField(_("SKU"), [at_most(LONGEST_SKU)])
    price = StringField(_("Price"), [at_most(40)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category_id.choices = [("", gettext("Choose a category")), *category_options()]

    def read(self) -> NewProduct:
        """Return what was typed; raises Invalid."""
        return NewProduct(
            name=self.name.data or "",
            name_zh=self.name_zh.data or "",
            slug=(self.slug.data or "").strip(),
            category_id=read_category(self.category_id.data),
            brand=self.brand.data or "",
            product_type=self.product_type.data or "",
            sku=(self.sku.data or "").strip(),
            price=read_amount(self.price.data, "price") if (self.price.data or "").strip() else None,
        )


def read_category(text: str | None) -> int:
    """Return the chosen category; raises Invalid."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid(gettext("Choose a category."), field="category_id")
    return int(text)


class PlacingForm(Form):
    """Where a product belongs."""

    version = IntegerField(default=0)
    category_id = SelectField(_("Category"), validate_choice=False)
    brand = StringField(_("Brand"), [at_most(LONGEST_NAME)])
    product_type = StringField(_("Type"), [at_most(LONGEST_TYPE)])
    role = SelectField(_("Product role"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category_id.choices = list(category_options())
        self.role.choices = [("", gettext("None in particular")), *((k, gettext(w)) for k, w in ROLE_WORDS.items())]

    def read(self) -> Placing:
        """Return what was typed; raises Invalid."""
        category_id = read_category(self.category_id.data)
        return Placing(category_id, self.brand.data or "", self.product_type.data or "", self.role.data or "")


def placing_form(head: Head, args: Args | None) -> PlacingForm:
    """Return the form as it is stored, or as it was sent."""
    product = head.product
    stored = {"category_id": str(product.category_id), "brand": head.brand, "product_type": product.product_type}
    return PlacingForm(args, data={**stored, "role": product.role, "version": product.version})


class PublicationForm(Form):
    """Whether and when shoppers see a product; times as the shop's clock shows them."""

    version = IntegerField(default=0)
    is_wanted = BooleanField(_("Published: shoppers can find and buy it"))
    starts_at = DateTimeLocalField(_("Published from"), [Optional()], format=FORMATS)
    ends_at = DateTimeLocalField(_("Published until"), [Optional()], format=FORMATS)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Say in plain words what is wrong with dates."""
        valid = bool(super().validate(*args, **kwargs))
        for field in (self.starts_at, self.ends_at):
            if field.errors:
                field.errors = [gettext("Enter a day and a time, such as 2026-05-03 09:00.")]
        return valid

    def read(self) -> Publication:
        """Return what was typed; raises Invalid."""
        return Publication(
            is_wanted=bool(self.is_wanted.data),
            starts_at=to_utc(self.starts_at.data, g.shop.timezone),
            ends_at=to_utc(self.ends_at.data, g.shop.timezone),
        )


def publication_form(head: Head, args: Args | None) -> PublicationForm:
    """Return the form as it is stored, or as it was sent."""
    stored = head.publication
    return PublicationForm(
        args,
        data={
            "version": head.version,
            "is_wanted": stored.is_wanted,
            "starts_at": to_local(stored.starts_at, g.shop.timezone),
            "ends_at": to_local(stored.ends_at, g.shop.timezone),
        },
    )


class AppearanceForm(Form):
    """Address, title and description for search engines."""

    version = IntegerField(default=0)
    slug = StringField(_("Web address"), [InputRequired(_("A product needs an address.")), at_most(LONGEST_SLUG)])
    seo_title = StringField(_("Title for search engines"), [at_most(LONGEST_TITLE)])
    seo_title_zh = StringField(_("Title in Chinese"), [at_most(LONGEST_TITLE)])
    seo_description = TextAreaField(_("Description for search engines"), [at_most(LONGEST_DESCRIPTION)])
    seo_description_zh = TextAreaField(_("Description in Chinese"), [at_most(LONGEST_DESCRIPTION)])

    def read(self) -> Appearance:
        """Return what was typed; raises Invalid."""
        return Appearance(**{name: self[name].data or "" for name in Appearance.__slots__})


def appearance_form(head: Head, args: Args | None) -> AppearanceForm:
    """Return the form as it is stored, or as it was sent."""
    stored = Appearance.of(head.product)
    data = {name: getattr(stored, name) for name in Appearance.__slots__}
    return AppearanceForm(args, data={**data, "version": head.version})
