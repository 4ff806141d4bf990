"""What is in a cart, read in one query: lines as plain values, with today's price and stock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from storefront.cart.models import Cart, CartLine
from storefront.cart.rules import LineState, Owner, largest_of, state_of
from storefront.catalog.models import Category, Product, Variant
from storefront.database.base import db
from storefront.database.reading import read
from storefront.inventory.models import StockLevel, Warehouse
from storefront.inventory.queries import sellable
from storefront.kernel.money import Money
from storefront.shipping.rules import Load, Part
from storefront.shop.queries import get_settings
from storefront.shop.rules import ShopSettings
from storefront.web.locale import localized
from storefront.web.measures import sized


@dataclass(frozen=True, slots=True)
class Line:
    """A variant in a cart, as it is called and sold today."""

    variant_id: int
    product_id: int
    sku: str
    slug: str
    name: str
    variant_name: str
    picture: str
    wanted: int
    available: int
    state: LineState
    largest: int
    unit_price: Money
    compare_at: Money | None
    price_seen: Money
    minimum_price: Money | None
    brand_id: int | None
    category_ids: frozenset[int]
    weight_grams: int
    added_at: datetime
    tax_class: str = ""
    freight_class: str = ""
    is_returnable: bool = True

    @property
    def quantity(self) -> int:
        """How many are priced: what is wanted, as far as there are any."""
        return min(self.wanted, self.available) if self.is_priced else 0

    @property
    def is_priced(self) -> bool:
        return self.state in {LineState.READY, LineState.SHORT}

    @property
    def full_name(self) -> str:
        return sized(self.name, self.variant_name)

    @property
    def url(self) -> str:
        return f"/products/{self.slug}"

    @property
    def goods(self) -> Money:
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that one cart holds; `cart_id` is None for a cart that does not exist yet."""

    currency: str
    cart_id: int | None = None
    lines: tuple[Line, ...] = ()
    codes: tuple[str, ...] = ()
    coupon_choice: str = ""
    """A code of the wallet, "none", or "" for the best."""
    points: int = 0
    """Points that the customer means to spend."""
    locale: str | None = None
    """The language in which goods are named; None for the reader's."""

    @property
    def priced(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_priced)

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def weight_grams(self) -> int:
        return sum(line.weight_grams * line.quantity for line in self.lines)

    def load(self, goods: Money) -> Load:
        """Return what is to be delivered; `goods` is what it costs this shopper before promotions."""
        parts: dict[str, list[Line]] = {}
        for line in self.priced:
            if line.freight_class:
                parts.setdefault(line.freight_class, []).append(line)
        return Load(self.weight_grams, self.units, goods, tuple(_part(name, held) for name, held in parts.items()))

    @property
    def goods(self) -> Money:
        """What can be bought, before any promotion."""
        return Money(sum(line.goods.minor for line in self.lines), self.currency)

    def find(self, sku: str) -> Line | None:
        return next((line for line in self.lines if line.sku == sku), None)


@dataclass(frozen=True, slots=True)
class Held:
    """What a cart itself says of a line."""

    quantity: int
    price_seen_minor: int
    added_at: datetime


AVAILABLE = (
    select(func.coalesce(func.sum(sellable), 0))
    .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
    .where(StockLevel.variant_id == Variant.id, Warehouse.is_active)
    .correlate(Variant)
    .scalar_subquery()
)
"""How many of a variant may still be sold, as a column of a query over variants."""
_GOODS = (
    Variant.id.label("variant_id"),
    Variant.sku,
    Variant.name.label("variant_name"),
    Variant.picture.label("variant_picture"),
    Variant.price_minor,
    Variant.compare_at_minor,
    Variant.minimum_price_minor,
    Variant.weight_grams,
    Product.freight_class,
    Product.is_returnable,
    Variant.is_active,
    Variant.tax_class.label("variant_tax_class"),
    Product.tax_class,
    Product.id.label("product_id"),
    Product.slug,
    Product.name,
    Product.translations,
    Product.picture,
    Product.brand_id,
    Product.is_published,
    Category.path,
    AVAILABLE.label("available"),
)
_CONTENTS = (
    select(
        Cart.id.label("cart_id"),
        Cart.codes,
        Cart.coupon_choice,
        Cart.points,
        CartLine.quantity,
        CartLine.price_seen_minor,
        CartLine.added_at,
        *_GOODS,
    )
    .outerjoin(CartLine, CartLine.cart_id == Cart.id)
    .outerjoin(Variant, Variant.id == CartLine.variant_id)
    .outerjoin(Product, Product.id == Variant.product_id)
    .outerjoin(Category, Category.id == Product.category_id)
    .order_by(CartLine.id)
)
_BY_TOKEN = _CONTENTS.where(Cart.token == bindparam("owner"))
_BY_CUSTOMER = _CONTENTS.where(Cart.customer_id == bindparam("owner"))
_IMAGINED = (
    select(*_GOODS)
    .join(Product, Product.id == Variant.product_id)
    .join(Category, Category.id == Product.category_id)
    .where(Variant.sku.in_(bindparam("skus", expanding=True)))
    .order_by(Variant.id)
)


def _part(freight_class: str, lines: Sequence[Line]) -> Part:
    grams = sum(line.weight_grams * line.quantity for line in lines)
    return Part(freight_class, grams, sum(line.quantity for line in lines))


def get_contents(owner: Owner, *, locale: str | None = None) -> Contents:
    """Return what is in somebody's cart, named in `locale` or else in the reader's language; nobody's cart is empty."""
    settings = get_settings()
    if not owner.is_known:
        return Contents(settings.currency)
    statement = _BY_TOKEN if owner.customer_id is None else _BY_CUSTOMER
    rows = read(statement, {"owner": owner.customer_id or owner.token}).all()
    if not rows:
        return Contents(settings.currency)
    lines = tuple(
        _line(row, Held(row.quantity, row.price_seen_minor, row.added_at), settings, locale)
        for row in rows
        if row.variant_id is not None
    )
    cart = rows[0]
    return Contents(
        settings.currency, cart.cart_id, lines, tuple(cart.codes or ()), cart.coupon_choice, cart.points, locale
    )


def imagine_contents(quantities: Mapping[str, int], *, codes: tuple[str, ...] = (), at: datetime) -> Contents:
    """Return the contents of a cart that nobody has: SKU -> pieces; what there is no such SKU of is left out.

    There are as many of everything as it holds: it asks what promotions make of the goods, not what is in stock.
    """
    lines = [had(line) for line in find_goods(quantities, at=at)]
    return Contents(get_settings().currency, None, tuple(lines), codes, coupon_choice="none")


def had(line: Line) -> Line:
    """Return a line of which there are as many as are wanted."""
    return replace(line, available=line.wanted, largest=line.wanted, state=LineState.READY)


def find_goods(quantities: Mapping[str, int], *, at: datetime, locale: str | None = None) -> tuple[Line, ...]:
    """Return so many of each SKU as lines in nobody's cart, as they are sold today; an unknown SKU is left out."""
    settings = get_settings()
    return tuple(
        _line(row, Held(quantities[row.sku], row.price_minor, at), settings, locale)
        for row in read(_IMAGINED, {"skus": sorted(quantities)})
    )


def _carts_by(column: str) -> tuple[Select[Cart], Select[Cart]]:
    """Return the queries of a cart by one of its columns, free and locked."""
    mine = select(Cart).where(getattr(Cart, column) == bindparam("owner")).execution_options(populate_existing=True)
    return mine, mine.with_for_update()


_CARTS = {column: _carts_by(column) for column in ("token", "customer_id")}


def find_cart(owner: Owner, *, locked: bool = False) -> Cart | None:
    """Return somebody's cart, if there is one; `locked` keeps other writers out until the transaction ends."""
    if not owner.is_known:
        return None
    known = owner.token if owner.customer_id is None else owner.customer_id
    statement = _CARTS["token" if owner.customer_id is None else "customer_id"]
    return db.session.scalar(statement[locked], {"owner": known})


def _line(row: Any, held: Held, settings: ShopSettings, locale: str | None) -> Line:
    currency = settings.currency

    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, currency)

    price = Money(row.price_minor, currency)
    before = money(row.compare_at_minor)
    available = int(row.available)
    return Line(
        variant_id=row.variant_id,
        product_id=row.product_id,
        sku=row.sku,
        slug=row.slug,
        name=localized(row.name, row.translations, locale=locale),
        variant_name=row.variant_name,
        picture=row.variant_picture or row.picture,
        wanted=held.quantity,
        available=available,
        state=state_of(quantity=held.quantity, available=available, is_sold=row.is_active and row.is_published),
        largest=largest_of(available=available, largest=settings.largest_quantity),
        unit_price=price,
        compare_at=before if before is not None and before > price else None,
        price_seen=Money(held.price_seen_minor, currency),
        minimum_price=money(row.minimum_price_minor),
        brand_id=row.brand_id,
        category_ids=frozenset(int(part) for part in (row.path or "").strip("/").split("/") if part),
        weight_grams=row.weight_grams,
        freight_class=row.freight_class,
        is_returnable=row.is_returnable,
        added_at=held.added_at,
        tax_class=row.variant_tax_class or row.tax_class,
    )
