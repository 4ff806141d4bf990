"""The list of delivery methods of all zones."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import case, func, select

from admin.naming import is_named
from admin.shipping.words import schedule_words, template_words
from admin.tables import Choice, Column, Empty, Listing, ListState, Source, Table, Words
from storefront.accounts.permissions import Permission
from storefront.database.base import db
from storefront.kernel.errors import N_
from storefront.shipping.models import ShippingMethod, ShippingZone
from storefront.shipping.reading import schedule_of, template_of
from storefront.web.locale import localized

STATES = {"yes": N_("In use"), "no": N_("Off")}


def methods_table() -> Table:
    """Return what delivery methods show; a filter offers the zones."""
    zones = db.session.execute(select(ShippingZone.id, ShippingZone.name).order_by(ShippingZone.name, ShippingZone.id))
    return Table(
        url="/admin/shipping/methods",
        columns=(
            Column(
                N_("Method"),
                key="name",
                sort="name",
                value=lambda row: localized(row.name, row.translations),
                look="grow",
                is_fixed=True,
            ),
            Column(N_("Code"), key="code", sort="code", value=lambda row: row.code),
            Column(N_("Delivery zone"), key="zone", sort="zone", value=lambda row: row.zone),
            Column(N_("Price"), key="price", value=_price, look="wraps"),
            Column(N_("Arrives in"), key="arrives", value=lambda row: schedule_words(schedule_of(row)), look="nowrap"),
            Column(N_("State"), key="state", value=lambda row: Words(STATES["yes" if row.is_used else "no"])),
        ),
        default_sort="zone",
        filters=(
            Choice("zone", N_("Delivery zone"), tuple((str(row.id), row.name) for row in zones), is_data=True),
            Choice("state", N_("State"), tuple(STATES.items())),
        ),
        search_label=N_("Search by name or code"),
    )


def _price(row: Any) -> str:
    return template_words(template_of(row, g.shop.currency))


def methods_of(state: ListState) -> Source:
    """Return the methods that `state` asks for; one of a zone that is off is off."""
    is_used = ShippingMethod.is_active & ShippingZone.is_active
    rows = select(
        ShippingMethod.__table__,
        ShippingZone.name.label("zone"),
        case((is_used, 1), else_=0).label("is_used"),
    ).join(ShippingZone, ShippingZone.id == ShippingMethod.zone_id)
    if zone := state.value("zone"):
        rows = rows.where(ShippingMethod.zone_id == int(zone))
    if wanted := state.value("state"):
        rows = rows.where(is_used if wanted == "yes" else ~is_used)
    if state.search:
        named = is_named(ShippingMethod, state.search)
        rows = rows.where(named | ShippingMethod.code.icontains(state.search, autoescape=True))
    sorts = {"zone": ShippingZone.name, "name": func.lower(ShippingMethod.name), "code": ShippingMethod.code}
    return Source(rows, ShippingMethod.id, sorts)


METHODS = Listing(
    name="delivery-methods",
    title=N_("Delivery methods"),
    caption=N_("Delivery methods of all zones"),
    permission=Permission.SHIPPING_VIEW,
    table=methods_table,
    source=methods_of,
    cells="admin/shipping/_cells.html",
    empty=Empty(
        icon="truck",
        title=N_("No method yet"),
        text=N_("Open a zone and add a method to it."),
        nothing_matches=N_("No methods match"),
        show_all=N_("Show all methods"),
        url="/admin/shipping",
        link=N_("Delivery zones"),
    ),
    page="admin/shipping/methods.html",
    context=lambda _rows: {
        "price_words": _price,
        "arrives_words": lambda row: schedule_words(schedule_of(row)),
    },
)
