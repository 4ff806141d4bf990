"""The flash sale as a page shows it: the session that is on, the next ones, and what each of their goods costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

from storefront.catalog.cards import stock_of
from storefront.catalog.models import Product, Variant
from storefront.database.reading import read
from storefront.flash.queries import board
from storefront.flash.rules import Item, Session, coming_sessions, live_sessions, percent_saved
from storefront.flash.states import Phase
from storefront.media.pictures import picture_srcset, picture_url

PICTURE_SIZE = 320


@dataclass(frozen=True, slots=True)
class Deal:
    """One of a session's goods; `base_minor` is what it costs otherwise, None where that is no more."""

    sku: str
    url: str
    name: str
    note: str
    picture_url: str
    srcset: str
    price_minor: int
    base_minor: int | None
    percent_saved: int
    percent_sold: int
    left: int
    per_customer: int | None
    is_sold_out: bool


@dataclass(frozen=True, slots=True)
class Tab:
    """A session among those of today and tomorrow."""

    session: Session
    phase: Phase
    is_chosen: bool

    @property
    def url(self) -> str:
        return f"/flash?session={self.session.id}"


@dataclass(frozen=True, slots=True)
class Sale:
    """The chosen session with its goods, and the tabs that lead to the others."""

    tabs: tuple[Tab, ...] = ()
    session: Session | None = None
    phase: Phase = Phase.OVER
    deals: tuple[Deal, ...] = ()

    @property
    def is_live(self) -> bool:
        return self.phase is Phase.LIVE

    @property
    def next_at(self) -> datetime | None:
        """The moment at which this page changes by itself."""
        if self.session is None:
            return None
        return self.session.ends_at if self.is_live else self.session.starts_at


def build_sale(*, at: datetime, zone: str, locale: str, chosen: int | None = None) -> Sale:
    """Return what `/flash` shows: the session `chosen` if it is not over, else the one that is on, else the next."""
    shown = _shown(board(), at, zone)
    session = next((each for each in shown if each.id == chosen), shown[0] if shown else None)
    if session is None:
        return Sale()
    tabs = tuple(Tab(each, each.phase(at), each is session) for each in shown)
    return Sale(tabs, session, session.phase(at), tuple(_deals(session, locale)))


def live_sale(*, at: datetime, locale: str, most: int) -> Sale | None:
    """Return the session that is on with at most so many of its goods, what is sold out last; None if there is none."""
    for session in live_sessions(board(), at):
        deals = sorted(_deals(session, locale), key=lambda deal: deal.is_sold_out)
        if deals:
            return Sale((), session, Phase.LIVE, tuple(deals[:most]))
    return None


def _shown(sessions: Sequence[Session], at: datetime, zone: str) -> list[Session]:
    """Return what is on and what comes today and tomorrow; where nothing does, the next one whenever it is."""
    tomorrow = _day(at, zone) + timedelta(days=1)
    coming = coming_sessions(sessions, at)
    soon = [session for session in coming if _day(session.starts_at, zone) <= tomorrow]
    live = live_sessions(sessions, at)
    return [*live, *(soon or (() if live else coming[:1]))]


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


_GOODS = (
    select(
        Variant.id,
        Variant.sku,
        Variant.name.label("variant_name"),
        Variant.price_minor,
        Variant.picture.label("variant_picture"),
        Product.slug,
        Product.name,
        Product.translations,
        Product.picture,
    )
    .join(Product, Product.id == Variant.product_id)
    .where(Product.is_published, Variant.is_active, Variant.id.in_(bindparam("ids", expanding=True)))
)


def _deals(session: Session, locale: str) -> Iterable[Deal]:
    ids = [item.variant_id for item in session.items]
    goods = {row.id: row for row in read(_GOODS, {"ids": ids})}
    stock = stock_of(goods)
    for item in session.items:
        if item.variant_id in goods:
            yield _deal(item, goods[item.variant_id], stock.get(item.variant_id, 0), locale)


def _deal(item: Item, row: Any, stock: int, locale: str) -> Deal:
    picture = row.variant_picture or row.picture
    words = row.translations.get(locale) if row.translations else None
    return Deal(
        sku=row.sku,
        url=f"/products/{row.slug}?sku={row.sku}",
        name=(words.get("name") if words else "") or row.name,
        note=row.variant_name,
        picture_url=picture_url(picture, PICTURE_SIZE),
        srcset=picture_srcset(picture),
        price_minor=item.price_minor,
        base_minor=row.price_minor if row.price_minor > item.price_minor else None,
        percent_saved=percent_saved(row.price_minor, item.price_minor),
        percent_sold=item.percent_sold,
        left=max(0, min(item.left, stock)),
        per_customer=item.per_customer,
        is_sold_out=item.is_sold_out or stock <= 0,
    )
