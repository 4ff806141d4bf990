"""One answer per request, by surface: how the command line asks a recommender."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

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
    customer bought; nothing for a stranger. discover: never what the customer bought; best sellers for a stranger.
    cart: `items` is the cart. similar, together: the first of `items` is the anchor; none of `items` is in
    the answer of any of these three. Without an anchor they are best sellers.
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
        found = recommender.discover(user, asked)
    elif surface is Surface.DISCOVER or not items:
        found = recommender.popular(beside)
    elif surface is Surface.SIMILAR:
        found = recommender.similar(items[0], beside)
    else:
        found = recommender.together(items[0], beside)
    return found
