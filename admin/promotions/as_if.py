"""One cart priced "as if": somebody else's eyes, another moment, with a promotion or without it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import g
from flask_babel import gettext as _
from sqlalchemy import select

from admin.promotions.cells import Cells
from admin.promotions.goods import known_skus
from admin.promotions.queries import get_promotion
from admin.promotions.typed import Typed
from admin.promotions.values import read_count
from storefront.accounts import queries as accounts
from storefront.cart.contents import Contents, imagine_contents
from storefront.cart.quoting import CartQuote, quote_cart, shopper_of
from storefront.cart.rules import Owner
from storefront.database.base import db
from storefront.kernel.errors import NotFound
from storefront.kernel.money import Money
from storefront.kernel.text import code_key
from storefront.orders.models import Order, OrderLine
from storefront.orders.rules import read_number
from storefront.pricing.quote import make_quote
from storefront.pricing.snapshot import MAX_QUANTITY, Delivery, Shopper
from storefront.promotions.editing import public_codes
from storefront.promotions.models import Promotion as PromotionRow
from storefront.promotions.queries import live_promotions
from storefront.promotions.reading import find_promotion
from storefront.promotions.rules import Promotion, evaluate

MOST_LINES = 50
_CODES = re.compile(r"[\s,;，；、]+")
_LINE = re.compile(r"(?P<sku>\S+?)(?:\s*[x×*,\t ]\s*(?P<count>\S+))?", re.IGNORECASE)
PRETENDED = "__DRAFT__"
"""Stands for the coupon of a promotion that needs one and has no public code."""


@dataclass(frozen=True, slots=True)
class AsIf:
    """Whose eyes, when, and what is in the cart."""

    contents: Contents
    owner: Owner
    shopper: Shopper
    at: datetime
    delivery: Delivery | None
    promotion: Promotion | None


def read_as_if(typed: Typed, at: datetime) -> AsIf | None:
    """Return what was asked for, or None after noting what is wrong; a cart must not be empty."""
    cells = Cells(typed, g.shop.currency, g.shop.timezone)
    if typed.get("order") and not typed.get("goods"):
        _take_order(typed)
    goods = _goods(typed)
    moment = cells.moment("at") or at
    fee = cells.amount("delivery", optional=True) if typed.get("delivery") not in {"", "0"} else None
    owner, shopper = _person(cells)
    promotion = _promotion(typed)
    if not goods and not typed.errors:
        typed.refuse("goods", _("Enter at least one SKU."))
    if typed.errors:
        return None
    codes = tuple(dict.fromkeys(code_key(part) for part in _CODES.split(typed.get("codes")) if code_key(part)))
    contents = replace(imagine_contents(goods, codes=codes[:5], at=moment), coupon_choice="")
    delivery = None if fee is None else Delivery("preview", Money(fee, g.shop.currency))
    return AsIf(contents, owner, shopper, moment, delivery, promotion)


def price(asked: AsIf) -> tuple[CartQuote, CartQuote | None]:
    """Return the cart without the promotion that is tried, and with it, if there is one."""
    others = [each for each in _others(asked) if asked.promotion is None or each.id != asked.promotion.id]
    without = _quote(asked, others)
    if asked.promotion is None:
        return without, None
    return without, _quote(asked, [*others, asked.promotion])


def _quote(asked: AsIf, promotions: Sequence[Promotion]) -> CartQuote:
    quoted = quote_cart(
        contents=asked.contents,
        owner=asked.owner,
        shopper=asked.shopper,
        at=asked.at,
        delivery=asked.delivery,
        promoted_by=promotions,
    )
    pretended = {code for each in promotions if each is asked.promotion for code in each.codes}
    if not pretended or pretended & set(quoted.snapshot.codes):
        return quoted
    snapshot = replace(quoted.snapshot, codes=(*quoted.snapshot.codes, min(pretended)))
    result = evaluate(snapshot, promotions)
    quote = make_quote(snapshot, result.reductions, gifts=result.gifts, trace=result.trace)
    return replace(quoted, snapshot=snapshot, result=result, quote=quote)


def _others(asked: AsIf) -> list[Promotion]:
    """Return what is active at any time, so that what is over or not yet on says so, and what the codes unlock."""
    statement = select(PromotionRow.__table__).where(PromotionRow.is_active, ~PromotionRow.requires_code)
    found = [find_promotion(row, asked.contents.currency) for row in db.session.execute(statement).all()]
    unlocked = [each for each in live_promotions(codes=asked.contents.codes, at=asked.at) if each.codes]
    return [each for each in found if each is not None] + unlocked


def _promotion(typed: Typed) -> Promotion | None:
    text = typed.get("promotion")
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise NotFound
    row = get_promotion(int(text))
    found = find_promotion(row, g.shop.currency)
    if found is None or not found.needs_code:
        return found
    codes = [code.code for code in public_codes(row.id)] or [PRETENDED]
    return replace(found, codes=frozenset(codes))


def _goods(typed: Typed) -> Mapping[str, int]:
    goods: dict[str, int] = {}
    lines = [line.strip() for line in typed.get("goods").splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        typed.refuse("goods", _("That is too many at once: at most %(most)s.", most=MOST_LINES))
        return {}
    for line in lines:
        found = _LINE.fullmatch(line)
        try:
            count = read_count(found["count"]) if found and found["count"] else 1
        except ValueError:
            count = 0
        if found is None or not 1 <= count <= MAX_QUANTITY:
            typed.refuse("goods", _("“%(line)s” is not a SKU and a number of pieces.", line=line[:60]))
            continue
        sku = code_key(found["sku"])
        goods[sku] = min(goods.get(sku, 0) + count, MAX_QUANTITY)
    unknown = sorted(set(goods) - known_skus(goods))
    if unknown:
        typed.refuse("goods", _("There is no SKU %(skus)s.", skus=", ".join(unknown[:5])))
    return goods


def _take_order(typed: Typed) -> None:
    """Put the lines of an order into the field of goods."""
    rows = db.session.execute(
        select(OrderLine.sku, OrderLine.quantity)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.number == read_number(typed.get("order")), ~OrderLine.is_gift)
        .order_by(OrderLine.position)
    ).all()
    if not rows:
        typed.refuse("order", _("There is no order with this number."))
        return
    known = known_skus(row.sku for row in rows)
    typed.values["goods"] = "\n".join(f"{row.sku} {row.quantity}" for row in rows if row.sku in known)


def _person(cells: Cells) -> tuple[Owner, Shopper]:
    typed = cells.typed
    who = typed.get("who")
    if who == "email":
        found = accounts.find_customer_by_email(typed.get("email").lower())
        customer = accounts.find_customer(found.id) if found else None
        if customer is None:
            typed.refuse("email", _("There is no customer with this e-mail."))
            return Owner(), Shopper()
        return Owner(customer_id=customer.id), shopper_of(customer)
    if who == "traits":
        orders = cells.count("past_orders", least=0, most=100_000, optional=True) or 0
        groups = frozenset(typed.all("group"))
        return Owner(), Shopper(known=True, tier=typed.get("tier"), groups=groups, order_count=orders)
    return Owner(), Shopper()
