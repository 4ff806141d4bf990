"""One answer per request, by surface: how the command line asks a recommender."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from recommend.blending import Recommendation
from recommend.columns import Id
from recommend.serving import Asked, Recommender


class Surface(StrEnum):
    """Where an answer is shown."""

    HOME = "home"
    BUY_AGAIN = "buy-again"
    DISCOVER = "discover"
    CART = "cart"
    SIMILAR = "similar"
    TOGETHER = "together"

    @property
    def needed(self) -> str:
        """Name the column of a request that the surface cannot do without."""
        return "items" if self in (Surface.CART, Surface.SIMILAR, Surface.TOGETHER) else "user_id"


def answer(
    recommender: Recommender, surface: Surface, user: Id | None, items: Sequence[Id], k: int
) -> list[Recommendation]:
    """Return at most k items, best first; the kinds are mixed freely, for no shelf of a page is filled.

    home: `items` are those of this visit, which stand in for a customer nobody knows. buy-again: only what the
    customer bought; nothing for a stranger. discover: never what the customer bought; ends with best sellers.
    cart: `items` is the cart. similar, together: the first of `items` is the anchor; none of `items` is in
    the answer of any of these three. Without an anchor they are best sellers. similar lifts what a known customer
    buys anyway of the type; without `user` it is the same for everybody.
    """
    asked = Asked(k=k, per_type=None)
    beside = Asked(k=k, exclude=frozenset(items), per_type=None)
    if surface is Surface.HOME:
        found = recommender.home(user, asked, recent=items)
    elif surface is Surface.BUY_AGAIN:
        found = recommender.buy_again(user, asked)
    elif surface is Surface.CART:
        found = recommender.cart(items, user, asked)
    elif surface is Surface.DISCOVER and recommender.knows(user):
        found = _discovered(recommender, user, k)
    elif surface is Surface.DISCOVER or not items:
        found = recommender.popular(beside)
    elif surface is Surface.SIMILAR:
        found = recommender.similar(items[0], beside, user=user)
    else:
        found = recommender.together(items[0], beside)
    return found


def _discovered(recommender: Recommender, user: Id | None, k: int) -> list[Recommendation]:
    """Return discoveries, and best sellers after them if all that the customer bought is known: the list may be cut."""
    found = recommender.discover(user, Asked(k=k, per_type=None))
    if len(found) >= k:
        return found
    longest = int(np.diff(recommender.tables.own_starts).max())
    own = [one.item for one in recommender.buy_again(user, Asked(k=longest, per_type=None))]
    if len(own) == longest:
        return found
    known = frozenset([*own, *(one.item for one in found)])
    return found + recommender.popular(Asked(k=k - len(found), exclude=known, per_type=None))
