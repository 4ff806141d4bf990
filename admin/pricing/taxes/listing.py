"""The list of tax rates, place by place."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import select

from admin.days import day_of
from admin.naming import is_named
from admin.pricing.taxes.queries import HOLDS, holds
from admin.tables import Choice, Column, Empty, Listing, ListState, Source, Table, Words
from storefront.accounts.countries import country_name
from storefront.accounts.permissions import Permission
from storefront.database.base import db
from storefront.kernel.clock import now
from storefront.kernel.errors import N_
from storefront.pricing.taxes.models import TaxClass, TaxRate
from storefront.pricing.taxes.plans import percent_text
from storefront.web.locale import babel_locale, localized


def rates_table() -> Table:
    """Return what tax rates show; a filter offers the classes."""
    columns = TaxClass.code, TaxClass.name, TaxClass.translations
    classes = db.session.execute(select(*columns).order_by(TaxClass.is_default.desc(), TaxClass.name, TaxClass.id))
    return Table(
        url="/admin/taxes",
        columns=(
            Column(N_("Place"), key="place", sort="place", value=_place, look="nowrap"),
            Column(N_("Tax class"), key="class", value=lambda row: localized(row.class_name, row.class_translations)),
            Column(
                N_("Name of the tax"),
                key="name",
                sort="name",
                value=lambda row: localized(row.name, row.translations),
                look="grow",
                is_fixed=True,
            ),
            Column(
                N_("Tax rate"),
                key="rate",
                sort="rate",
                is_number=True,
                value=lambda row: f"{percent_text(row.millionths)} %",
            ),
            Column(N_("When"), key="when", value=lambda row: row.valid_from),
            Column(N_("Last day"), key="to", value=lambda row: row.valid_to, is_only_in_files=True),
            Column(N_("State"), key="state", value=lambda row: Words(HOLDS[holds(row, _today())][0])),
        ),
        default_sort="place",
        filters=(
            Choice(
                "class",
                N_("Tax class"),
                tuple((row.code, localized(row.name, row.translations)) for row in classes),
                is_data=True,
            ),
            Choice("state", N_("State"), tuple((key, words) for key, (words, _look) in HOLDS.items())),
        ),
        search_label=N_("Search by name, country code or region"),
    )


def rates_of(state: ListState) -> Source:
    """Return the rates that `state` asks for, each with its class."""
    rows = select(
        TaxRate.__table__,
        TaxClass.name.label("class_name"),
        TaxClass.translations.label("class_translations"),
    ).join(TaxClass, TaxClass.id == TaxRate.tax_class_id)
    if code := state.value("class"):
        rows = rows.where(TaxClass.code == code)
    if state.search:
        named = is_named(TaxRate, state.search)
        there = TaxRate.region.icontains(state.search, autoescape=True)
        rows = rows.where(named | there | (TaxRate.country == state.search.strip().upper()[:2]))
    today = _today()
    begun = TaxRate.valid_from.is_(None) | (TaxRate.valid_from <= today)
    lasts = TaxRate.valid_to.is_(None) | (TaxRate.valid_to >= today)
    standings = {"now": begun & lasts, "later": ~begun, "over": begun & ~lasts}
    if (standing := state.value("state")) in standings:
        rows = rows.where(standings[standing])
    sorts = {
        "place": TaxRate.country.concat(" ").concat(TaxRate.region),
        "name": TaxRate.name,
        "rate": TaxRate.millionths,
    }
    return Source(rows, TaxRate.id, sorts)


def country(code: str) -> str:
    """Return a country's name as the reader knows it."""
    return country_name(code, babel_locale())


def _place(row: Any) -> str:
    return f"{country(row.country)} {row.region}".strip()


def _today() -> Any:
    return day_of(now(), g.shop.timezone)


TAX_RATES = Listing(
    name="tax-rates",
    title=N_("Taxes"),
    caption=N_("Tax rates"),
    permission=Permission.TAXES_VIEW,
    table=rates_table,
    source=rates_of,
    cells="admin/pricing/_rate_cells.html",
    empty=Empty(
        icon="landmark",
        title=N_("No tax is calculated yet"),
        text=N_("Begin with a class for your usual goods; then say which rate holds for it where."),
        nothing_matches=N_("No rates match"),
        show_all=N_("Show all rates"),
        url="/admin/taxes/classes/new",
        link=N_("New class"),
    ),
    page="admin/pricing/taxes.html",
    context=lambda _rows: {
        "country": country,
        "percent_text": percent_text,
        "standing": lambda row: HOLDS[holds(row, _today())],
    },
)
