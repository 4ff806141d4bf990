"""The prices of all lists as one list: what an article costs in which of them, and what lies below its cost."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from admin.naming import has_sku, is_named
from admin.tables import Choice, Column, Empty, Listing, ListState, Source, Table
from storefront.accounts.permissions import Permission
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.pricing.models import PriceEntry, PriceList
from storefront.shop.queries import get_settings
from storefront.web.locale import localized

ODD = {"cost": N_("Below cost"), "minimum": N_("Below the minimum price"), "idle": N_("Not lower than the base price")}


def entries_table() -> Table:
    """Return what the prices of all lists show; a filter offers the lists."""
    currency = get_settings().currency

    def price(row: Any) -> Money:
        return Money(row.price_minor, currency)

    columns = (PriceList.id, PriceList.name, PriceList.translations)
    lists = db.session.execute(select(*columns).order_by(PriceList.name, PriceList.id))
    choices = tuple((str(row.id), localized(row.name, row.translations)) for row in lists)
    return Table(
        url="/admin/price-entries",
        columns=(
            Column(N_("Article"), key="article", sort="sku", value=lambda row: row.sku, look="grow", is_fixed=True),
            Column(
                N_("Product"),
                key="product",
                value=lambda row: f"{row.name} {row.variant_name}".strip(),
                is_only_in_files=True,
            ),
            Column(N_("Price list"), key="list", sort="list", value=_list_of),
            Column(N_("From pieces"), key="quantity", is_number=True, value=lambda row: row.quantity),
            Column(N_("Base price"), key="base", is_number=True, value=lambda row: Money(row.base_minor, currency)),
            Column(
                N_("Price"),
                key="price",
                sort="price",
                is_number=True,
                value=lambda row: Money(row.price_minor, currency),
            ),
        ),
        default_sort="sku",
        filters=(
            Choice("list", N_("Price list"), choices, is_data=True),
            Choice("odd", N_("Worth a look"), tuple(ODD.items())),
        ),
        search_label=N_("Search by name or SKU"),
    )


def _list_of(row: Any) -> str:
    return localized(row.list_name, row.list_translations)


def entries_of(state: ListState) -> Source:
    """Return the prices that `state` asks for, each beside what the article costs otherwise."""
    rows = (
        select(
            PriceEntry.id,
            PriceEntry.price_list_id,
            PriceEntry.variant_id,
            PriceEntry.min_quantity.label("quantity"),
            PriceEntry.price_minor,
            PriceList.name.label("list_name"),
            PriceList.translations.label("list_translations"),
            Variant.product_id,
            Variant.sku,
            Variant.name.label("variant_name"),
            Variant.price_minor.label("base_minor"),
            Variant.cost_minor,
            Variant.minimum_price_minor,
            Product.name,
            Product.translations,
        )
        .join(PriceList, PriceList.id == PriceEntry.price_list_id)
        .join(Variant, Variant.id == PriceEntry.variant_id)
        .join(Product, Product.id == Variant.product_id)
    )
    if number := state.value("list"):
        rows = rows.where(PriceEntry.price_list_id == int(number))
    odd = {
        "cost": PriceEntry.price_minor < Variant.cost_minor,
        "minimum": PriceEntry.price_minor < Variant.minimum_price_minor,
        "idle": PriceEntry.price_minor >= Variant.price_minor,
    }
    if (asked := state.value("odd")) in odd:
        rows = rows.where(odd[asked])
    if state.search:
        named = is_named(Product, state.search)
        rows = rows.where(or_(named, has_sku(state.search)))
    return Source(rows, PriceEntry.id, {"sku": Variant.sku, "list": PriceList.name, "price": PriceEntry.price_minor})


PRICE_ENTRIES = Listing(
    name="price-entries",
    title=N_("Prices of all lists"),
    caption=N_("Prices of all lists"),
    permission=Permission.PRICES_EDIT,
    table=entries_table,
    source=entries_of,
    cells="admin/pricing/_entry_cells.html",
    empty=Empty(
        icon="tag",
        title=N_("No list has a price of its own yet"),
        text=N_("Open a price list and add articles to it."),
        nothing_matches=N_("No prices match"),
        show_all=N_("Show all prices"),
        url="/admin/price-lists",
        link=N_("Price lists"),
    ),
    known_as=lambda row: f"{row.sku} · {_list_of(row)}",
    page="admin/pricing/entries.html",
    context=lambda _rows: {"odd": ODD},
)
