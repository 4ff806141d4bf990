"""The report on customers: new and returning ones, and how many come back in which month after their first order."""

from __future__ import annotations

from datetime import date

from babel.dates import format_skeleton
from flask_babel import gettext as _

from admin.figures.asking import Asked
from admin.figures.reporting import Made, Share, columns
from admin.figures.sales import Looked
from storefront.figures.cohorts import list_cohorts
from storefront.figures.rules import Key, ratio
from storefront.kernel.errors import N_
from storefront.web.filters import moment
from storefront.web.locale import babel_locale

FIGURES = (Key.NEW, Key.RETURNING, Key.REPURCHASE, Key.AOV)


def make(asked: Asked, args: dict[str, str]) -> Made:
    """Return who ordered, and the table of months: of those who first ordered in one, which share in each since."""
    cohorts, counted_at = list_cohorts()
    most = max((len(each.months) for each in cohorts), default=1)
    heads = [(_("Month +%(number)s", number=number), True) for number in range(1, most)]
    rows = [
        (_month(each.first), each.size, *(Share(ratio(found, each.size)) for found in each.months[1:]))
        + (None,) * (most - len(each.months))
        for each in cohorts
    ]
    table = columns((N_("First order in"), False), (N_("Customers"), True), *heads)
    if args.get("file"):
        return Made(table, rows, N_("Who comes back"), asked)
    looked = Looked(asked)
    note = N_("Of the customers who first ordered in a month, the share who ordered again in each month since.")
    notes = [note, N_("The months are counted every night; the last one is not over.")]
    if counted_at:
        notes.append(_("Counted %(moment)s.", moment=moment(counted_at, "minute")))
    return Made(
        table,
        rows,
        N_("Who comes back"),
        asked,
        figures=looked.figures(FIGURES),
        plots=[looked.plot(Key.NEW), looked.plot(Key.REPURCHASE, "line")],
        notes=notes,
        size=looked.size,
        is_empty=looked.first is None,
    )


def _month(key: str) -> str:
    return format_skeleton("yMMM", date.fromisoformat(f"{key}-01"), locale=babel_locale())
