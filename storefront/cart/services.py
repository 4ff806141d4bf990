"""Writes of carts: put in, change, take out, and two carts into one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from storefront.cart.contents import AVAILABLE, Contents, find_cart, get_contents
from storefront.cart.errors import CartFull, NoMore, NotForSale, NothingAsked, QuantityTooLarge, SoldOut
from storefront.cart.events import GoodsAdded
from storefront.cart.models import Cart, CartLine
from storefront.cart.rules import GUEST_CART_LIFE, MOST_CODES, MOST_LINES, Owner, largest_of, merged
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.database.reading import read
from storefront.kernel.events import publish
from storefront.shop.queries import get_settings
from storefront.web.locale import localized
from storefront.web.measures import sized


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one line: it held `before`, `asked` was wanted, it holds `quantity` now, `largest` is possible.

    `token` is the cart's token where the cart is a guest's: the edge keeps it in a cookie.
    """

    sku: str
    name: str
    before: int
    asked: int
    quantity: int
    largest: int
    token: str = ""

    @property
    def is_capped(self) -> bool:
        return self.quantity < self.asked


@dataclass(frozen=True, slots=True)
class Merge:
    """What became of a guest's cart at sign-in: how much came along, and what could not."""

    added: int = 0
    reduced: tuple[str, ...] = ()
    """Names of goods of which fewer came along than wanted, or none."""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Goods:
    id: int
    product_id: int
    sku: str
    name: str
    price_minor: int
    available: int
    largest: int


_GOODS = (
    select(
        *(Variant.id, Variant.product_id, Variant.sku, Variant.name, Variant.price_minor),
        *(Product.name, Product.translations),
        AVAILABLE.label("available"),
    )
    .join(Product, Product.id == Variant.product_id)
    .where(Variant.sku == bindparam("sku"), Variant.is_active, Product.is_published)
)
_ROOM = select(
    func.count().label("lines"),
    func.coalesce(func.sum(CartLine.quantity).filter(CartLine.variant_id == bindparam("variant")), 0).label("quantity"),
).where(CartLine.cart_id == bindparam("cart"))
_NEW_CART = insert(Cart).returning(Cart.id)
_NEW_LINE = insert(CartLine).values(
    cart_id=bindparam("in_cart"),
    variant_id=bindparam("of_variant"),
    **{name: bindparam(name) for name in ("quantity", "price_seen_minor", "added_at")},
)
_FEWER = (
    update(CartLine)
    .where(CartLine.cart_id == bindparam("in_cart"), CartLine.variant_id == bindparam("of_variant"))
    .values(quantity=bindparam("quantity"))
)
_CHANGE_LINE = _FEWER.values(price_seen_minor=bindparam("price_seen_minor"))
_TAKE_LINES = delete(CartLine).where(
    CartLine.cart_id == bindparam("in_cart"), CartLine.variant_id.in_(bindparam("variants", expanding=True))
)
_TOUCH = update(Cart).where(Cart.id == bindparam("in_cart")).values(updated_at=bindparam("at"))
_FORGET_CODES = (
    update(Cart)
    .where(Cart.id == bindparam("in_cart"))
    .values(codes=[], coupon_choice="", points=0, updated_at=bindparam("at"))
)


def add_goods(*, owner: Owner, sku: str, quantity: int, at: datetime) -> Change:
    """Put so many more of a SKU into a cart, as far as there are any; the cart is made if there is none."""
    if quantity < 1:
        raise NothingAsked
    settings = get_settings()
    if quantity > settings.largest_quantity:
        raise QuantityTooLarge(most=settings.largest_quantity)
    goods = _get_goods(sku)
    if goods.available <= 0:
        raise SoldOut(name=goods.name)
    cart = find_cart(owner, locked=True)
    if cart is None and owner.customer_id is None:
        return _begin_with(goods, quantity, at)
    cart = cart or make_cart(owner, at)
    before = _room_for(cart.id, goods.id)
    now = min(before + quantity, max(goods.largest, before))
    if now == before:
        raise NoMore(name=goods.name, units=min(before, goods.largest))
    _set_line(cart, goods, before, now, at)
    publish(GoodsAdded(goods.product_id, goods.sku, now - before))
    return Change(goods.sku, goods.name, before, before + quantity, now, goods.largest, cart.token or "")


def set_quantity(*, owner: Owner, sku: str, quantity: int, at: datetime) -> Change:
    """Let a line hold `quantity`, as far as there are that many; 0 takes it out, however it stands."""
    cart = find_cart(owner, locked=True)
    if cart is None:
        raise NotForSale
    if quantity == 0:
        return _take_out(cart, sku, at)
    goods = _get_goods(sku)
    before = _room_for(cart.id, goods.id)
    if not before:
        return add_goods(owner=owner, sku=sku, quantity=quantity, at=at)
    if goods.available <= 0:
        raise SoldOut(name=goods.name)
    now = min(quantity, goods.largest)
    _set_line(cart, goods, before, now, at)
    return Change(goods.sku, goods.name, before, quantity, now, goods.largest, cart.token or "")


def merge_carts(*, token: str, customer_id: int, at: datetime) -> Merge:
    """Bring a guest's cart into the customer's: quantities are added up to what can be bought, codes are kept.

    The guest's cart is gone afterwards; a second time there is nothing to bring.
    """
    guest_owner, owner = Owner(token=token), Owner(customer_id=customer_id)
    guest = find_cart(guest_owner, locked=True)
    if guest is None or not token:
        return Merge()
    brought = get_contents(guest_owner)
    if not brought.lines and not brought.codes:
        db.session.execute(delete(Cart).where(Cart.id == guest.id))
        return Merge()
    cart = find_cart(owner, locked=True) or make_cart(owner, at)
    mine = get_contents(owner)
    together = {line.sku: line for line in (*mine.lines, *brought.lines)}
    most = get_settings().largest_quantity
    limits = {sku: line.largest if line.is_priced else most for sku, line in together.items()}
    lines = merged(_quantities(mine), _quantities(brought), limits=limits)
    for line in lines:
        if line.quantity != line.before:
            goods = together[line.sku]
            values = (cart.id, goods.variant_id, line.before, line.quantity)
            _write_line(*values, price_minor=goods.price_seen.minor, at=at)
    cart.codes = list(dict.fromkeys((*cart.codes, *brought.codes)))[:MOST_CODES]
    if brought.codes:
        cart.coupon_choice = brought.coupon_choice
    cart.updated_at = at
    db.session.execute(delete(Cart).where(Cart.id == guest.id))
    db.session.flush()
    return Merge(
        added=sum(line.quantity - line.before for line in lines),
        reduced=tuple(together[line.sku].full_name for line in lines if line.quantity < line.wanted),
        codes=brought.codes,
    )


def remove_bought(*, contents: Contents, bought: Mapping[str, int], at: datetime) -> None:
    """Take out what an order took (SKU -> pieces), and the codes; what was not ordered stays.

    `contents` are those of a cart that this transaction has locked.
    """
    connection, cart = db.session.connection(), {"in_cart": contents.cart_id}
    left = {line.variant_id: line.wanted - bought[line.sku] for line in contents.lines if line.sku in bought}
    for variant_id, pieces in left.items():
        if pieces > 0:
            connection.execute(_FEWER, {**cart, "of_variant": variant_id, "quantity": pieces})
    taken = [variant_id for variant_id, pieces in left.items() if pieces <= 0]
    connection.execute(_TAKE_LINES, {**cart, "variants": taken})
    connection.execute(_FORGET_CODES, {**cart, "at": at})


def forget_guest_carts(*, at: datetime) -> int:
    """Delete the guests' carts whose cookie is gone, and return how many."""
    forgotten = delete(Cart).where(Cart.customer_id.is_(None), Cart.updated_at < at - GUEST_CART_LIFE)
    return int(db.session.execute(forgotten).rowcount)  # type: ignore[attr-defined]


def _get_goods(sku: str) -> _Goods:
    row = read(_GOODS, {"sku": sku.strip()[:64]}).one_or_none()
    if row is None:
        raise NotForSale
    variant_id, product_id, stored_sku, variant_name, price_minor, name, translations, available = row
    title = localized(name, translations)
    return _Goods(
        id=variant_id,
        product_id=product_id,
        sku=stored_sku,
        name=sized(title, variant_name),
        price_minor=price_minor,
        available=available,
        largest=largest_of(available=available, largest=get_settings().largest_quantity),
    )


def _begin_with(goods: _Goods, quantity: int, at: datetime) -> Change:
    """Begin a guest's cart with its first line: there is nothing yet to count or to lock."""
    token = secrets.token_urlsafe(24)
    values = {"token": token, "codes": [], "created_at": at, "updated_at": at}
    cart_id = db.session.connection().execute(_NEW_CART, values).scalar_one()
    now = min(quantity, goods.largest)
    _write_line(cart_id, goods.id, 0, now, price_minor=goods.price_minor, at=at)
    publish(GoodsAdded(goods.product_id, goods.sku, now))
    return Change(goods.sku, goods.name, 0, quantity, now, goods.largest, token)


def make_cart(owner: Owner, at: datetime) -> Cart:
    """Begin a cart; two tabs of one customer begin the same one."""
    if owner.customer_id is None:
        cart = Cart(token=secrets.token_urlsafe(24), codes=[], created_at=at, updated_at=at)
        db.session.add(cart)
        db.session.flush()
        return cart
    savepoint = db.session.begin_nested()
    cart = Cart(customer_id=owner.customer_id, codes=[], created_at=at, updated_at=at)
    try:
        db.session.add(cart)
        savepoint.commit()
    except IntegrityError:
        savepoint.rollback()
        found = find_cart(owner, locked=True)
        if found is None:
            raise
        return found
    return cart


def _room_for(cart_id: int, variant_id: int) -> int:
    """Return how many of a variant a cart holds; refuse with CartFull when it holds none and has no room for more."""
    found = read(_ROOM, {"cart": cart_id, "variant": variant_id}).one()
    if not found.quantity and found.lines >= MOST_LINES:
        raise CartFull(most=MOST_LINES)
    return int(found.quantity)


def _set_line(cart: Cart, goods: _Goods, before: int, quantity: int, at: datetime) -> None:
    _write_line(cart.id, goods.id, before, quantity, price_minor=goods.price_minor, at=at)
    db.session.connection().execute(_TOUCH, {"in_cart": cart.id, "at": at})


def _write_line(cart_id: int, variant_id: int, before: int, quantity: int, *, price_minor: int, at: datetime) -> None:
    key = {"in_cart": cart_id, "of_variant": variant_id}
    values = {"quantity": quantity, "price_seen_minor": price_minor}
    if before:
        db.session.connection().execute(_CHANGE_LINE, {**key, **values})
    else:
        db.session.connection().execute(_NEW_LINE, {**key, **values, "added_at": at})


def _take_out(cart: Cart, sku: str, at: datetime) -> Change:
    row = db.session.execute(
        select(CartLine.id, CartLine.quantity, Variant.sku, Product.name, Product.translations)
        .join(Variant, Variant.id == CartLine.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(CartLine.cart_id == cart.id, Variant.sku == sku.strip()[:64])
    ).one_or_none()
    if row is None:
        raise NotForSale
    line_id, quantity, stored_sku, name, translations = row
    db.session.execute(delete(CartLine).where(CartLine.id == line_id))
    cart.updated_at = at
    db.session.flush()
    return Change(stored_sku, localized(name, translations), quantity, 0, 0, 0, cart.token or "")


def _quantities(contents: Contents) -> dict[str, int]:
    return {line.sku: line.wanted for line in contents.lines}
