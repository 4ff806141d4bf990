"""What other pages show of flash sales: prices on cards, the box on a product's page, a strip on the front, a link."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flask import Flask, Response, g, request
from flask_babel import gettext as _
from markupsafe import Markup

from storefront.catalog import cards
from storefront.catalog.cards import Badge, Promoted
from storefront.flash import words
from storefront.flash.queries import board, coming_items, is_anything_told, live_items, sold_figures, standing
from storefront.flash.rules import Item, Session, percent_saved
from storefront.flash.showcase import Sale, live_sale
from storefront.kernel.clock import now
from storefront.web import kept_pages
from storefront.web.locale import current_locale

STRIP = 12
"""How many goods the front shows of the session that is on."""


@dataclass(frozen=True, slots=True)
class Box:
    """What a product's page says of a flash sale of the chosen variant."""

    session: Session
    item: Item
    is_live: bool


def prices_for(bases: Mapping[int, int]) -> Mapping[int, Promoted]:
    """Return the flash prices that everybody may have right now, by variant id."""
    live = live_items(now()) if board() else {}
    return {
        variant_id: Promoted(live[variant_id][1].price_minor, _badge(base, live[variant_id][1].price_minor))
        for variant_id, base in bases.items()
        if variant_id in live and not live[variant_id][1].is_sold_out
    }


class _Strip(NamedTuple):
    """What the front showed when pages were made from this."""

    state: object
    figures: object
    sale: Sale | None


_strips: dict[str, _Strip] = {}
"""By language."""


def flash_box(variant_id: int) -> Box | None:
    """Return the sale that a variant is in, or will be in next; None if there is none."""
    if not board():
        return None
    at = now()
    live, coming = live_items(at).get(variant_id), coming_items(at).get(variant_id)
    if live is not None and (not live[1].is_sold_out or coming is None):
        return Box(*live, is_live=True)
    return Box(*coming, is_live=False) if coming is not None else None


def flash_strip() -> Sale | None:
    """Return the session that is on, for the front; its goods are read once for as long as no page changes."""
    if not board():
        return None
    locale, state, figures = current_locale(), kept_pages.state_now(), sold_figures().get("", ())
    held = _strips.get(locale)
    if held is None or held.state is not state or held.figures != figures:
        sale = live_sale(at=now(), locale=locale, most=STRIP)
        held = _strips[locale] = _Strip(state, figures, sale)
    return held.sale


def flash_day() -> Hashable:
    """Return the shop's day, by which sessions end today or tomorrow."""
    return next(iter(standing()), None)


def has_flash() -> bool:
    """Say whether there is a session to look at: one that is on, or that comes soon."""
    return bool(standing())


def starts_words(moment: datetime) -> Markup:
    """Return when a session begins, as `<time>`."""
    return words.starts_words(moment, now(), g.shop.timezone)


def ends_words(moment: datetime) -> Markup:
    """Return when a session ends, as `<time>`."""
    return words.ends_words(moment, now(), g.shop.timezone)


def clock_words(moment: datetime) -> str:
    """Return the time of day in the shop's zone."""
    return words.clock_words(moment, g.shop.timezone)


def day_words(moment: datetime) -> str:
    """Return the day in the shop's zone, "Today" and "Tomorrow" by name."""
    return words.day_words(moment, now(), g.shop.timezone)


def init_app(app: Flask) -> None:
    """Give templates the words, cards their prices, and kept pages what they depend on."""
    app.jinja_env.globals.update(flash_box=flash_box, flash_strip=flash_strip, flash_day=flash_day, has_flash=has_flash)
    app.jinja_env.filters.update(
        flash_starts=starts_words, flash_ends=ends_words, flash_clock=clock_words, flash_day=day_words
    )
    app.after_request(_tell_the_time)
    kept_pages.made_from(flash=standing)
    kept_pages.vary_by(flash=_figures)
    cards.bind(flash=prices_for)


def _badge(base: int, price: int) -> Badge:
    percent = percent_saved(base, price)
    return Badge("promo", _("Flash sale −%(percent)s%%", percent=percent) if percent else _("Flash sale"))


def _figures() -> Hashable:
    """Return what is sold of the goods that this page shows; other pages do not change with every piece."""
    if request.endpoint not in {"content.home", "catalog.product"}:
        return None
    return sold_figures().get((request.view_args or {}).get("slug", ""), ())


def _tell_the_time(response: Response) -> Response:
    """Let countdowns run by the clock of the shop, whatever the reader's own says."""
    if response.mimetype == "text/html" and is_anything_told():
        response.headers["Server-Timing"] = f"clock;dur={now().timestamp() * 1000:.0f}"
    return response
