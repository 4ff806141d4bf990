"""Pure: addresses of the rows behind figures, as far as somebody may open them."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from storefront.accounts.identity import CurrentStaff
from storefront.accounts.permissions import Permission
from storefront.figures.days import Days, Span, day_of, start_of
from storefront.figures.rules import Key

_SOLD = (Key.GMV, Key.ORDERS, Key.AOV)


def rows_behind(staff: CurrentStaff, first: str, last: str, report: Days) -> dict[Key, str]:
    """Return where the rows behind each figure are, from `first` to `last` as the list of orders reads them."""
    found: dict[Key, str] = {}
    if staff.may(Permission.ORDERS_VIEW):
        sold = urlencode({"counts": "yes", "placed_from": first, "placed_to": last})
        back = urlencode({"refunded_from": first, "refunded_to": last})
        found |= dict.fromkeys(_SOLD, f"/admin/orders?{sold}")
        found |= dict.fromkeys((Key.REFUNDS, Key.REFUND_RATE), f"/admin/orders?{back}")
    days = f"from={report.first}&to={report.last}"
    if staff.may(Permission.REPORTS_VIEW):
        found |= dict.fromkeys((Key.REPURCHASE, Key.NEW, Key.RETURNING), f"/admin/reports/customers?{days}")
    if staff.may(Permission.REPORTS_MARKETING):
        found |= dict.fromkeys((Key.VISITORS, Key.CONVERSION), f"/admin/reports/visitors?{days}")
    if staff.may(Permission.REPORTS_GOODS):
        found |= dict.fromkeys((Key.NET, Key.MARGIN), f"/admin/reports/products?{days}")
    return found


def behind_days(staff: CurrentStaff, days: Days) -> dict[Key, str]:
    """Return where the rows behind the figures of whole days are."""
    return rows_behind(staff, days.first.isoformat(), days.last.isoformat(), days)


def behind_span(staff: CurrentStaff, span: Span, zone: str) -> dict[Key, str]:
    """Return where the rows behind the figures of a part of a day are; it ends at a whole minute."""
    day = day_of(span.starts, zone)
    return rows_behind(staff, day.isoformat(), _minute(span.ends, day, zone), Days(day, day))


def _minute(moment: datetime, day: date, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return f"{local:%Y-%m-%dT%H:%M}" if moment > start_of(day, zone) else f"{day}T00:00"
