"""Which parts of a row somebody may change. Pure."""

from __future__ import annotations

from collections.abc import Collection

from storefront.accounts.permissions import Permission
from storefront.imports.fields import Part

NEEDS = {
    Part.PRODUCTS: Permission.PRODUCTS_EDIT,
    Part.PRICES: Permission.PRICES_EDIT,
    Part.STOCK: Permission.STOCK_EDIT,
}


def rights_of(permissions: Collection[Permission]) -> frozenset[Part]:
    """Return the parts that these permissions open."""
    return frozenset(part for part, permission in NEEDS.items() if permission in permissions)
