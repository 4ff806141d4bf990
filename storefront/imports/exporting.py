"""What files hold: the catalogue as it is, rows that went wrong, and what brings back what was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import Select, select

from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.imports import facts, queries
from storefront.imports.fields import FIELDS, STOCK, Part
from storefront.imports.models import Import
from storefront.imports.services import undone_cells, undone_keys
from storefront.imports.telling import words_of
from storefront.kernel.errors import N_

WHAT = {
    "all": N_("Everything"),
    "products": N_("Products without prices and stock"),
    "prices": N_("Prices"),
    "stock": N_("Stock"),
}
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that is to be written: its columns by name and by field, and rows that are read as they are taken."""

    headers: Sequence[str]
    keys: Sequence[str]
    rows: Iterator[Sequence[str]]


def catalogue(what: str, *, with_costs: bool, products: Select[Any] | None = None) -> Sheet:
    """Return the catalogue as a file that, brought back, changes nothing; `products` selects ids."""
    around = facts.look_around()
    parts = {"all": set(Part), "products": {Part.PRODUCTS}, "prices": {Part.PRICES}, "stock": {Part.STOCK}}[what]
    keys = [field.key for field in FIELDS if field.part in parts or field.key in {"sku", "name", "variant_name"}]
    keys = [key for key in keys if with_costs or key not in {"cost", "minimum"}]
    if Part.STOCK in parts:
        keys += [f"{STOCK}{code}" for code in around.warehouses]
    return Sheet([words_of(key) for key in keys], keys, _variants(keys, products))


def _variants(keys: Sequence[str], products: Select[Any] | None) -> Iterator[Sequence[str]]:
    around, last = facts.look_around(), (0, -1)
    wanted = select(Variant.sku, Variant.product_id, Variant.position)
    if products is not None:
        wanted = wanted.where(Variant.product_id.in_(products))
    while True:
        after = (Variant.product_id > last[0]) | ((Variant.product_id == last[0]) & (Variant.position > last[1]))
        some = db.session.execute(
            wanted.where(after).order_by(Variant.product_id, Variant.position).limit(AT_ONCE)
        ).all()
        if not some:
            return
        current = facts.current_of([row.sku for row in some], around)
        yield from ([current[row.sku].values.get(key, "") for key in keys] for row in some if row.sku in current)
        last = (some[-1].product_id, some[-1].position)


def wrong_rows(run: Import) -> Sheet:
    """Return the rows that could not be done as they came, each with what is wrong: to be mended and brought again."""
    rows = (
        [
            *(row.cells[at] if at < len(row.cells) else "" for at in range(len(run.headers))),
            " ".join(error[3] for error in row.errors),
        ]
        for row in queries.each_row(run.id, "wrong")
    )
    return Sheet([*run.headers, gettext("What is wrong")], [*run.mapping, ""], rows)


def undoing(run: Import) -> Sheet:
    """Return a file that, brought, brings back what was before an import."""
    keys = undone_keys(run.id)
    rows = (undone_cells(row, keys) for row in queries.each_row(run.id, "done"))
    return Sheet([words_of(key) for key in ("sku", *keys)], ["sku", *keys], rows)
