"""Points in a cart: how many are meant to be spent, how many can be, and what the order would earn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storefront.cart.contents import find_cart
from storefront.cart.quoting import CartQuote
from storefront.cart.rules import Owner
from storefront.database.base import db
from storefront.kernel.money import Money
from storefront.loyalty import queries as loyalty
from storefront.loyalty.errors import NoPointsHere, TooManyPoints
from storefront.loyalty.rules import points_for, read_points
from storefront.loyalty.tiers import rate_of
from storefront.promotions.rules.points import most_points
from storefront.shop.queries import get_settings


@dataclass(frozen=True, slots=True)
class PointsView:
    """What a page says of points: `wanted` were asked for, `used` of them pay `amount`, `most` could.

    Somebody who is not signed in is not `known` and has none.
    """

    known: bool
    available: int
    wanted: int
    used: int
    amount: Money
    most: int
    most_percent: int
    earns: int

    @property
    def usable(self) -> int:
        """How many can be used for these goods."""
        return min(self.available, self.most)


def points_view(cart: CartQuote, owner: Owner) -> PointsView | None:
    """Return what there is to say of points for a priced cart; None in a shop that has none."""
    settings = get_settings()
    if not settings.points_per_unit or not cart.is_ready:
        return None
    spent, quote = cart.result.points, cart.quote
    amount = spent.amount if spent else Money.zero(quote.currency)
    balance = loyalty.balance_of(owner.customer_id)
    rate = rate_of(cart.snapshot.shopper.tier, loyalty.list_tiers())
    return PointsView(
        known=owner.customer_id is not None,
        available=balance.available,
        wanted=min(cart.contents.points, balance.available),
        used=spent.points if spent else 0,
        amount=amount,
        most=most_points(quote.subtotal + amount, settings.points_worth, settings.points_most_percent),
        most_percent=settings.points_most_percent,
        earns=points_for(quote.subtotal, per_unit=settings.points_per_unit, basis_points=rate),
    )


def read_choice(typed: str, choice: str) -> int | None:
    """Return what the field and the buttons ask for: a number of points, or None for all there are."""
    if choice == "all":
        return None
    return 0 if choice == "none" else read_points(typed)


def check_points(owner: Owner, points: int | None) -> int:
    """Return how many points are meant, all there are for None; refuse with NoPointsHere or TooManyPoints."""
    if owner.customer_id is None:
        raise NoPointsHere
    available = loyalty.balance_of(owner.customer_id).available
    if points is not None and points > available:
        raise TooManyPoints(available=available)
    return available if points is None else points


def use_points(*, owner: Owner, points: int | None, at: datetime) -> int:
    """Mean to spend so many points on this cart, or all there are (None); return how many. 0 spends none."""
    wanted, cart = check_points(owner, points), find_cart(owner, locked=True)
    if cart is None or cart.points == wanted:
        return wanted
    cart.points, cart.updated_at = wanted, at
    db.session.flush()
    return wanted
