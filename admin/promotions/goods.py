"""The goods of a promotion as fields: picked categories, brands, collections, products, pasted SKUs, attributes.

The fields of one scope share a prefix. `<prefix>-all` says whether it is everything ("all"), the promotion's own goods
("same", where a scope belongs to a part) or those picked below; `<prefix>-not-...` are the exceptions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from admin.promotions.cells import Cells
from admin.promotions.typed import MOST_VALUES, Typed
from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.kernel.text import code_key, squeeze
from storefront.promotions.rules import Scope

ALL, SAME, PICKED = "all", "same", "picked"
IDS = {"category": "category_ids", "brand": "brand_ids", "collection": "collection_ids", "product": "product_ids"}
_SEPARATORS = re.compile(r"[\s,;，；、]+")
_PAIR = re.compile(r"\s*[=＝:：]\s*")


def read_goods(cells: Cells, prefix: str) -> dict[str, Any] | None:
    """Return a scope's data: None for the promotion's own goods, {} for everything; notes what is wrong."""
    typed = cells.typed
    which = typed.get(f"{prefix}-all")
    if which == SAME:
        return None
    excluded = _picked(cells, f"{prefix}-not")
    without = {"exclude": excluded} if excluded else {}
    if which != PICKED:
        return without
    own = _picked(cells, prefix)
    if not own and not any(name.startswith(f"{prefix}-") for name in typed.errors):
        typed.refuse(f"{prefix}-all", _("Choose at least one category, brand, collection or product."))
    return own | without


def show_goods(typed: Typed, prefix: str, scope: Scope | None) -> None:
    """Fill the fields of a scope; None stands for the promotion's own goods."""
    if scope is None:
        typed.values[f"{prefix}-all"] = SAME
        return
    typed.values[f"{prefix}-all"] = PICKED if _named(scope) else ALL
    _show_picked(typed, prefix, scope)
    if scope.exclude is not None:
        _show_picked(typed, f"{prefix}-not", scope.exclude)


def _named(scope: Scope) -> bool:
    sets = (scope.product_ids, scope.skus, scope.category_ids, scope.brand_ids)
    return any((*sets, scope.collection_ids, scope.attributes))


def _show_picked(typed: Typed, prefix: str, scope: Scope) -> None:
    for name, field in IDS.items():
        typed.values.setlist(f"{prefix}-{name}", [str(id_) for id_ in sorted(getattr(scope, field))])
    if scope.skus:
        typed.values[f"{prefix}-skus"] = "\n".join(sorted(scope.skus))
    if scope.attributes:
        typed.values[f"{prefix}-attributes"] = "\n".join(sorted(scope.attributes))


def _picked(cells: Cells, prefix: str) -> dict[str, Any]:
    typed, found = cells.typed, {}
    for name, field in IDS.items():
        ids = sorted({int(text) for text in typed.all(f"{prefix}-{name}") if text.isascii() and text.isdecimal()})
        if ids:
            found[field] = ids
    skus = read_skus(typed, f"{prefix}-skus")
    attributes = _attributes(typed, f"{prefix}-attributes")
    return {**found, **({"skus": skus} if skus else {}), **({"attributes": attributes} if attributes else {})}


def read_skus(typed: Typed, name: str) -> list[str]:
    """Read a pasted list of SKUs, apart by spaces, commas or lines; unknown ones are named."""
    skus = sorted({code_key(part) for part in _SEPARATORS.split(typed.get(name)) if code_key(part)})
    if len(skus) > MOST_VALUES:
        typed.refuse(name, _("That is too many at once: at most %(most)s.", most=MOST_VALUES))
        return []
    unknown = [sku for sku in skus if sku not in known_skus(skus)]
    if unknown:
        typed.refuse(name, _("There is no SKU %(skus)s.", skus=", ".join(unknown[:5])))
    return skus


def known_skus(skus: Iterable[str]) -> set[str]:
    """Return those of `skus` that exist."""
    wanted = sorted(set(skus))
    return set(db.session.scalars(select(Variant.sku).where(Variant.sku.in_(wanted)))) if wanted else set()


def _attributes(typed: Typed, name: str) -> list[str]:
    found = []
    for line in typed.get(name).splitlines():
        if not squeeze(line):
            continue
        pair = [squeeze(part) for part in _PAIR.split(line, maxsplit=1)]
        if len(pair) != 2 or not all(pair):
            typed.refuse(name, _("Write each attribute as name=value, one a line."))
            continue
        found.append("=".join(pair))
    return sorted(set(found))
