"""The list of carriers: those that everybody begins with, under what the merchant has changed or added."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import func, literal, select, union_all

from admin.tables import Choice, Column, Empty, Listing, ListState, Source, Table, Words
from storefront.accounts.permissions import Permission
from storefront.fulfilment.carriers import choosing
from storefront.fulfilment.carriers.known import ENGLISH
from storefront.kernel.errors import N_
from storefront.web.locale import current_locale

STATES = {"yes": N_("In use"), "no": N_("Switched off")}
TABLE = Table(
    url="/admin/carriers",
    columns=(
        Column(N_("Carrier"), key="name", sort="name", value=lambda row: row.words, look="nowrap", is_fixed=True),
        Column(N_("Code"), key="code", sort="code", value=lambda row: row.code),
        Column(N_("Where parcels are followed"), key="url", value=lambda row: row.url, look="grow clip"),
        Column(N_("State"), key="state", value=lambda row: Words(STATES["yes" if row.is_active else "no"])),
    ),
    default_sort="",
    filters=(Choice("state", N_("State"), tuple(STATES.items())),),
    search_label=N_("Search by name or code"),
)


def _words(name: str) -> str:
    return str(_(name) if current_locale() == "zh" else _(ENGLISH.get(name, name)))


def carriers_of(state: ListState) -> Source:
    """Return the carriers that `state` asks for; most of them are known without a row, so they are laid out as rows."""
    found = union_all(
        *(
            select(
                literal(-place).label("id"),
                literal(each.code).label("code"),
                literal(each.name).label("name"),
                literal(_words(each.name)).label("words"),
                literal(each.url).label("url"),
                literal(each.is_active).label("is_active"),
            )
            for place, each in enumerate(choosing.list_facts())
        )
    ).subquery("carriers")
    rows = select(found)
    if state.search:
        columns = found.c.name, found.c.words, found.c.code
        named = [column.icontains(state.search, autoescape=True) for column in columns]
        rows = rows.where(named[0] | named[1] | named[2])
    if wanted := state.value("state"):
        rows = rows.where(found.c.is_active == (wanted == "yes"))
    return Source(rows, found.c.id, {"name": func.lower(found.c.words), "code": found.c.code}, key=found.c.code)


CARRIERS = Listing(
    name="carriers",
    title=N_("Carriers"),
    caption=N_("Carriers"),
    permission=Permission.FULFILMENT_VIEW,
    table=lambda: TABLE,
    source=carriers_of,
    cells="admin/fulfilment/_carrier_cells.html",
    empty=Empty(
        icon="truck",
        title=N_("No carrier yet"),
        text=N_("The first one will be listed here."),
        nothing_matches=N_("No carriers match"),
        show_all=N_("Show all carriers"),
    ),
    key=lambda row: str(row.code),
    page="admin/fulfilment/carriers.html",
)
