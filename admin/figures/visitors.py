"""The report on visitors: how many came, from where and on what, and who of them ordered."""

from __future__ import annotations

from flask_babel import gettext as _

from admin.figures.asking import Asked
from admin.figures.reporting import Made, Share, columns
from admin.figures.sales import Looked
from storefront.analytics import visits
from storefront.analytics.arrivals import Device, Source
from storefront.figures.rules import Key, ratio
from storefront.kernel.errors import N_

SOURCES: dict[str, str] = {
    Source.DIRECT: N_("Directly"),
    Source.SEARCH: N_("Search engine"),
    Source.SOCIAL: N_("Social network"),
    Source.CAMPAIGN: N_("Marked link (utm)"),
    Source.LINK: N_("Another site"),
}
DEVICES: dict[str, str] = {Device.PHONE: N_("Phone"), Device.TABLET: N_("Tablet"), Device.DESKTOP: N_("Computer")}
FIGURES = (Key.VISITORS, Key.CONVERSION, Key.ORDERS)


def make(asked: Asked, args: dict[str, str]) -> Made:
    """Return visitors by source and device, the most first."""
    first = visits.first_counted_day()
    found = visits.by_way(asked.days.first, asked.days.last) if first else []
    whole = sum(way.visitors for way in found)
    rows = [
        (
            *(_(SOURCES.get(way.source, way.source)), _(DEVICES.get(way.device, way.device))),
            *(
                way.visitors,
                Share(ratio(way.visitors, whole)),
                way.converted,
                Share(ratio(way.converted, way.visitors)),
            ),
        )
        for way in sorted(found, key=lambda way: -way.visitors)
    ]
    table = columns(
        (N_("Where from"), False),
        (N_("Device"), False),
        (N_("Visitors"), True),
        (N_("Share of all"), True),
        (N_("Visitors who ordered"), True),
        (N_("Conversion"), True),
    )
    if args.get("file") or first is None:
        return Made(table, rows, N_("Where visitors come from"), asked, is_empty=first is None)
    looked = Looked(asked, first)
    return Made(
        table,
        rows,
        N_("Where visitors come from"),
        asked,
        figures=looked.figures(FIGURES),
        plots=[looked.plot(Key.VISITORS), looked.plot(Key.CONVERSION, "line")],
        notes=[N_("Where somebody came from is what the browser said of the first page that it opened that day.")],
        size=looked.size,
    )
