"""The cart of a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from storefront.cart.models import Cart, CartLine
from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.belongings import as_json, delete_rows, table_of
from storefront.kernel.errors import N_
from storefront.kernel.personal import Data, Keeper, Person


def _cart(person: Person) -> Sequence[Data]:
    rows = db.session.execute(
        select(Variant.sku, CartLine.quantity, CartLine.added_at, Cart.codes)
        .join(CartLine, CartLine.variant_id == Variant.id)
        .join(Cart, Cart.id == CartLine.cart_id)
        .where(Cart.customer_id == person.id)
        .order_by(CartLine.id)
    )
    return [{"sku": sku, "quantity": units, "added_at": as_json(at), "codes": codes} for sku, units, at, codes in rows]


def _forget(person: Person, _at: datetime) -> None:
    """The lines go with the cart."""
    delete_rows(table_of(Cart), Cart.customer_id == person.id)


PERSONAL = (Keeper("cart", N_("Cart"), ("cart", "cart_line"), _cart, _forget, goes=N_("Your cart.")),)
