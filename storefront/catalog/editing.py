"""How every write of a product begins and ends: locked, at the version that was read, told to who shows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.exc import StaleDataError

from storefront.catalog.errors import StaleProduct
from storefront.catalog.events import ProductChanged
from storefront.catalog.models import Product
from storefront.database.base import db
from storefront.kernel.errors import NotFound
from storefront.kernel.events import publish


def get_at(product_id: int, version: int) -> Product:
    """Return the product with its variants, locked, as it was at `version`; else StaleProduct."""
    product = get_now(product_id)
    if product.version != version:
        raise StaleProduct
    return product


def get_now(product_id: int) -> Product:
    """Return the product with its variants, locked, however it is now; or NotFound."""
    statement = select(Product).where(Product.id == product_id).options(selectinload(Product.variants))
    product = db.session.scalar(statement.with_for_update(of=Product).execution_options(populate_existing=True))
    if product is None:
        raise NotFound
    return product


def store(product: Product, at: datetime) -> None:
    """Write the product; its version grows with every change, of a variant's price too."""
    product.updated_at = at
    try:
        db.session.flush()
    except StaleDataError:
        raise StaleProduct from None
    publish(ProductChanged(product.id, at))


def with_chinese(translations: Mapping[str, object], words: Mapping[str, object]) -> dict[str, object]:
    """Return translations with these words in Chinese: an empty one is taken out, others stay."""
    known = translations.get("zh")
    chinese: dict[str, object] = dict(known) if isinstance(known, dict) else {}
    for field, text in words.items():
        if text:
            chinese[field] = text
        else:
            chinese.pop(field, None)
    rest = {key: value for key, value in translations.items() if key != "zh"}
    return {**rest, **({"zh": chinese} if chinese else {})}
