"""What a run found, in plain words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import flask_babel
from babel import numbers
from babel.dates import format_date, format_skeleton

from storefront.kernel.errors import N_
from storefront.promotions.rules.result import Reason
from storefront.simulation.rules import WHOLE, Figures
from storefront.web.locale import babel_locale

_: Callable[..., str] = flask_babel.gettext
REASONS = {
    Reason.NOT_STARTED: N_("It had not started."),
    Reason.ENDED: N_("It had ended."),
    Reason.THRESHOLD: N_("Too few of its goods: the amount or the number of pieces was not reached."),
    Reason.SCOPE: N_("None of its goods were in the order, or delivery was free already."),
    Reason.AUDIENCE: N_("The customer is not one of those it is for."),
    Reason.LIMIT: N_("It was used up, in all or for this customer."),
    Reason.EXCLUDED_BY: N_("Another promotion saved more, and the two do not go together."),
    Reason.WORSE_DEAL: N_("The other promotions saved more without it."),
    Reason.FLOOR: N_("The goods were at their lowest price already."),
    Reason.BUDGET: N_("Too little of its budget was left."),
    Reason.STOCK: N_("The gift was out of stock."),
}


def share_words(value: float) -> str:
    """Return a share with one decimal where it has one: "12.4%"."""
    return str(numbers.format_percent(value, format="#,##0.#%", locale=babel_locale()))


def plain_day(day: date) -> str:
    """Return a day without its weekday: "3 May 2026" as the reader writes it."""
    return format_date(day, "medium", locale=babel_locale())


def month_words(day: date) -> str:
    """Return a month with its year."""
    return format_skeleton("yMMM", day, locale=babel_locale())


def month_short(day: date) -> str:
    """Return a month's short name for an axis."""
    return format_skeleton("MMM", day, locale=babel_locale())


def break_even_words(figures: Figures) -> str:
    """Say how much more a promotion would have to bring."""
    if not figures.touched:
        return _("No order would have got it, so it costs nothing and brings nothing.")
    if not figures.costed:
        return _("Not known: what the goods of these orders cost the shop is not stored.")
    if figures.loses_money:
        return _("Orders like these would lose money with it: more of them would only cost more.")
    more = figures.break_even or 0
    if not more:
        return _("It costs nothing on top of the other promotions, so it need not bring more orders.")
    return _(
        "To pay for itself it would have to bring %(share)s more orders like these.", share=share_words(more / WHOLE)
    )


def break_even_short(figures: Figures) -> str:
    """Say the same in a cell of a table."""
    if figures.loses_money:
        return _("loses money")
    return "–" if figures.break_even is None else f"+{share_words(figures.break_even / WHOLE)}"
