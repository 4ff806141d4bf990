"""What shelves say in the reader's language: their titles, why the row is there, and why a card is."""

from __future__ import annotations

from math import ceil

from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.discovery.shelves.shown import Reason, Shelf, ShelfCard
from storefront.discovery.shelves.surfaces import SURFACES
from storefront.kernel.errors import N_

FALLBACK_TITLES = {
    Reason.SAME_CATEGORY: N_("More from this category"),
    Reason.BEST_SELLERS: N_("Best sellers"),
}
OWN_TITLE = frozenset({"buy-again", "recently-viewed"})
"""Shelves that are never called otherwise."""
WHY = {
    Reason.HABIT: N_("What you buy most often."),
    Reason.BECAUSE_BOUGHT: N_("From what you buy, and what goes with it."),
    Reason.BOUGHT_WITH: N_("Often bought together with what is there."),
    Reason.SIMILAR: N_("Others to choose from."),
    Reason.VIEWED: N_("Kept on this device only."),
    Reason.SAME_CATEGORY: N_("Bought most in the same category."),
    Reason.BEST_SELLERS: N_("What our customers buy most."),
    Reason.PICKED: N_("Chosen by the shop."),
}
WHY_NAMED = {
    Reason.BECAUSE_BOUGHT: N_("Because you bought %(name)s."),
    Reason.BOUGHT_WITH: N_("Often bought with %(name)s."),
    Reason.SIMILAR: N_("Others to choose from instead of %(name)s."),
}
WHY_HERE = {
    ("buy-again", Reason.HABIT): N_("What you buy again and again, and when it is due."),
    ("discover", Reason.BECAUSE_BOUGHT): N_("You have never bought these; others who buy like you have."),
    ("cart", Reason.BOUGHT_WITH): N_("Often bought with what is in your cart."),
    ("after-purchase", Reason.BOUGHT_WITH): N_("Often bought with what you ordered."),
    ("category", Reason.HABIT): N_("What you buy in this category, then what others do."),
}
LONG_WEEKS, LONG_MONTHS = 14, 60
WEEK, MONTH = 7.0, 30.4


def shelf_title(shelf: Shelf) -> str:
    """Return what a shelf is called: by its surface, or by what it fell back to."""
    if shelf.key not in OWN_TITLE and shelf.reason in FALLBACK_TITLES:
        return str(_(FALLBACK_TITLES[shelf.reason]))
    return str(_(shelf.title or SURFACES[shelf.key].title, **shelf.names))


def shelf_why(shelf: Shelf) -> str:
    """Return why the row is there."""
    if shelf.because and shelf.reason in WHY_NAMED:
        return str(_(WHY_NAMED[shelf.reason], name=shelf.because))
    return str(_(WHY_HERE.get((shelf.told_as or shelf.key, shelf.reason)) or WHY[shelf.reason]))


def card_why(one: ShelfCard, shelf: Shelf) -> str:
    """Return why a card is there, where that is not what the row says already."""
    if one.reason is Reason.PICKED:
        return str(_("Our pick"))
    if one.reason is Reason.NEW:
        return str(_("New in the shop"))
    if one.reason is Reason.HABIT:
        return every_words(one.every_days) or ("" if shelf.reason is Reason.HABIT else str(_("You bought this before")))
    if one.because and (one.reason, one.because) != (shelf.reason, shelf.because):
        words = {
            Reason.BECAUSE_BOUGHT: N_("Because you bought %(name)s"),
            Reason.BOUGHT_WITH: N_("Often bought with %(name)s"),
            Reason.SIMILAR: N_("Instead of %(name)s"),
        }
        return str(_(words[one.reason], name=one.because))
    if one.reason is not shelf.reason and one.reason in FALLBACK_TITLES:
        return str(_("Sells well in this category") if one.reason is Reason.SAME_CATEGORY else _("Best seller"))
    return ""


def every_words(days: float | None) -> str:
    """Return how often something is bought, in the unit that a person would use."""
    if days is None:
        return ""
    if days < LONG_WEEKS:
        return str(
            ngettext("You usually buy this every day", "You usually buy this every %(num)s days", max(1, round(days)))
        )
    if days < LONG_MONTHS:
        return str(
            ngettext("You usually buy this every week", "You usually buy this every %(num)s weeks", round(days / WEEK))
        )
    return str(
        ngettext("You usually buy this every month", "You usually buy this every %(num)s months", round(days / MONTH))
    )


def due_words(one: ShelfCard) -> str:
    """Return when something is due; empty for what has no interval."""
    if one.due_days is None:
        return ""
    if one.due_days < 1:
        return str(_("Due now"))
    days = ceil(one.due_days)
    if days < LONG_WEEKS:
        return str(ngettext("Due tomorrow", "Due in %(num)s days", days))
    return str(ngettext("Due in %(num)s week", "Due in %(num)s weeks", round(days / WEEK)))
