"""Amounts, dates and numbers as people read them, formatted once per distinct value."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import dates, numbers
from flask import Flask, g
from markupsafe import Markup, escape

from storefront.kernel.money import Money
from storefront.web.locale import BABEL_NAMES, current_locale, whole_number


@lru_cache(maxsize=20_000)
def format_minor(minor: int, currency: str, locale: str) -> str:
    """Return an amount in words of `locale` ("en" or "zh"): "$1,234.50"."""
    return numbers.format_currency(Money(minor, currency).decimal, currency, locale=BABEL_NAMES[locale])


@lru_cache(maxsize=20_000)
def _money_element(minor: int, currency: str, locale: str) -> Markup:
    return Markup('<data class="money" value="{}">{}</data>').format(minor, format_minor(minor, currency, locale))


def shop_currency() -> str:
    """Return the shop's currency, as this request's settings say."""
    return str(g.shop.currency)


def money(amount: Money | int) -> Markup:
    """Return an amount as `<data value="minor units">`; a bare int is in the shop's currency."""
    if isinstance(amount, Money):
        return _money_element(amount.minor, amount.currency, current_locale())
    return _money_element(amount, shop_currency(), current_locale())


def money_text(amount: Money | int) -> str:
    """Return an amount as plain text, for sentences and attributes."""
    if isinstance(amount, Money):
        return format_minor(amount.minor, amount.currency, current_locale())
    return format_minor(amount, shop_currency(), current_locale())


def money_short(minor: int) -> str:
    """Return an amount in the shop's currency for an axis: "$40K", "US$4万"."""
    currency, locale = shop_currency(), BABEL_NAMES[current_locale()]
    return numbers.format_compact_currency(Money(minor, currency).decimal, currency, locale=locale, fraction_digits=1)


@lru_cache(maxsize=5_000)
def _format_moment(moment: datetime, style: str, zone: str, locale: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    day = dates.format_date(local, "medium", locale=BABEL_NAMES[locale])
    if style == "date":
        return day
    if style == "day":
        return dates.format_skeleton("MMMd", local, locale=BABEL_NAMES[locale])
    return f"{day} {dates.format_skeleton('Hm', local, locale=BABEL_NAMES[locale])}"


def moment(value: datetime, style: str = "minute") -> Markup:
    """Return a moment as `<time>` in the shop's zone; `style` is "minute", "date" or "day"."""
    return Markup('<time datetime="{}">{}</time>').format(
        value.isoformat(timespec="seconds"), moment_text(value, style)
    )


def moment_text(value: datetime, style: str = "minute") -> str:
    """Return a moment in the shop's zone as plain text."""
    return _format_moment(value, style, str(g.shop.timezone), current_locale())


def number(value: int) -> str:
    """Return a whole number with the reader's separators."""
    return whole_number(value, current_locale())


def percent(value: float) -> str:
    """Return a share (0.25) as "25%"."""
    return numbers.format_percent(value, locale=BABEL_NAMES[current_locale()])


def share(value: float) -> str:
    """Return a share (0.2534) to a tenth of a percent: "25.3%"."""
    return numbers.format_percent(value, format="#,##0.0%", locale=BABEL_NAMES[current_locale()])


@lru_cache(maxsize=500)
def options(choices: tuple[tuple[str, str], ...], chosen: str | None = None) -> Markup:
    """Return (value, words) pairs as options of a select: two hundred countries are drawn once, not once per page."""
    option, selected = Markup('<option value="{}"{}>{}</option>'), Markup(" selected")
    return Markup("").join(option.format(value, selected if value == chosen else "", words) for value, words in choices)


def init_app(app: Flask) -> None:
    """Install the filters."""
    app.jinja_env.filters.update(
        money=money,
        money_text=money_text,
        money_short=money_short,
        moment=moment,
        number=number,
        percent=percent,
        share=share,
        options=options,
        e=escape,
    )
