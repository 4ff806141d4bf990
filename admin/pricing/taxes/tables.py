"""The report of taxes: its days, the periods that tax offices ask for, and it as a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from flask_babel import gettext as _

from admin.pricing.taxes.queries import Report
from admin.tables import Days, Table, read_state
from storefront.analytics.reports import Span
from storefront.kernel.errors import N_
from storefront.kernel.sheets import sheet_line
from storefront.pricing.taxes.plans import percent_text

REPORT = Table(url="/admin/taxes/report", columns=(), default_sort="", filters=(Days("paid", N_("Paid")),))


def links_of(today: date, span: Span) -> list[tuple[str, str, bool]]:
    """Return (words, address, whether it is shown) of this month and the last, this quarter and the last."""
    month, quarter = today.replace(day=1), today.replace(month=today.month - (today.month - 1) % 3, day=1)
    last_month = (month - timedelta(days=1)).replace(day=1)
    before = quarter - timedelta(days=1)
    last_quarter = before.replace(month=before.month - 2, day=1)
    periods = (
        (_("This month"), month, today),
        (_("Last month"), last_month, month - timedelta(days=1)),
        (_("This quarter"), quarter, today),
        (_("Last quarter"), last_quarter, before),
    )
    state = read_state(REPORT, {})
    return [
        (
            words,
            replace(state, values={"paid_from": first.isoformat(), "paid_to": last.isoformat()}).url(),
            (first, last) == (span.first, span.last),
        )
        for words, first, last in periods
    ]


def sheet(report: Report) -> Iterator[str]:
    """Return the report line by line, amounts as plain decimals."""
    currency = report.tax.currency
    yield sheet_line(
        [
            *(_("Country"), _("Region"), _("Name of the tax"), _("Percent"), _("Orders")),
            *(_("Net amount (%(currency)s)", currency=currency), _("Tax (%(currency)s)", currency=currency)),
            _("Net refunded (%(currency)s)", currency=currency),
            _("Tax refunded (%(currency)s)", currency=currency),
        ]
    )
    for line in report.lines:
        percent = percent_text(line.rate.millionths)
        amounts = [f"{amount.decimal:f}" for amount in (line.net, line.tax, line.net_back, line.tax_back)]
        yield sheet_line([line.country, line.region, line.rate.name, percent, line.orders, *amounts])
