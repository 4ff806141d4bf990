"""Decisions of a flash sale: whether a session is going on, what is left for whom, and which offer is the best."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from storefront.flash.states import Phase


@dataclass(frozen=True, slots=True)
class Item:
    """A variant in a session; `price_minor` is what one piece costs, `slug` is its product's."""

    id: int
    variant_id: int
    price_minor: int
    quota: int
    sold: int = 0
    per_customer: int | None = None
    slug: str = ""

    @property
    def left(self) -> int:
        return max(0, self.quota - self.sold)

    @property
    def is_sold_out(self) -> bool:
        return self.left == 0

    @property
    def percent_sold(self) -> int:
        return percent_sold(self.quota, self.sold)


@dataclass(frozen=True, slots=True)
class Session:
    """One run of an activity: [starts_at, ends_at), with its items in the order of the page."""

    id: int
    sale_id: int
    name: str
    starts_at: datetime
    ends_at: datetime
    items: tuple[Item, ...] = ()
    translations: tuple[tuple[str, str], ...] = field(default=())
    """The activity's name in other languages."""

    def phase(self, at: datetime) -> Phase:
        return phase_of(self.starts_at, self.ends_at, at)

    def title(self, locale: str) -> str:
        """Return the activity's name in a language."""
        return dict(self.translations).get(locale) or self.name


@dataclass(frozen=True, slots=True)
class FlashOffer:
    """What a shopper may buy at a flash price right now: `left` is the quota's rest or their own, whichever is less."""

    item_id: int
    price_minor: int
    left: int
    ends_at: datetime
    name: str
    per_customer: int | None


def phase_of(starts_at: datetime, ends_at: datetime, at: datetime) -> Phase:
    """Return where a session stands: the second it starts is live, the second it ends is over."""
    if at < starts_at:
        return Phase.COMING
    return Phase.LIVE if at < ends_at else Phase.OVER


def live_sessions(sessions: Iterable[Session], at: datetime) -> tuple[Session, ...]:
    """Return the sessions that are going on, the one that ends first before the others."""
    live = [session for session in sessions if session.phase(at) is Phase.LIVE]
    return tuple(sorted(live, key=lambda session: (session.ends_at, session.id)))


def coming_sessions(sessions: Iterable[Session], at: datetime) -> tuple[Session, ...]:
    """Return the sessions that have not begun, the next one first."""
    coming = [session for session in sessions if session.phase(at) is Phase.COMING]
    return tuple(sorted(coming, key=lambda session: (session.starts_at, session.id)))


def pieces_left(*, quota: int, sold: int, per_customer: int | None, taken: int) -> int:
    """Return how many pieces a customer who has `taken` some may still have."""
    left = max(0, quota - sold)
    return left if per_customer is None else min(left, max(0, per_customer - taken))


def best_offer(offers: Iterable[FlashOffer]) -> FlashOffer | None:
    """Return the offer to make of several for one variant: something left, then the lowest price, then the oldest."""
    return min(offers, key=lambda offer: (offer.left == 0, offer.price_minor, offer.item_id), default=None)


def percent_sold(quota: int, sold: int) -> int:
    """Return the share sold in whole percent; 0 and 100 only where nothing or everything is."""
    if sold <= 0:
        return 0
    return 100 if sold >= quota else min(99, max(1, sold * 100 // quota))


def percent_saved(base_minor: int, price_minor: int) -> int:
    """Return what is saved of the base price in whole percent, rounded down so that it is never too much."""
    return max(0, (base_minor - price_minor) * 100 // base_minor) if base_minor > 0 else 0
